import { alreadyReplayed } from "../already-replayed.js";
import type { Commit, Target } from "../destination.js";
import type { QuarantinedRow, QuarantinePurge, QuarantineQuery, QuarantineRow } from "../quarantine.js";
import type { MemoryStore } from "./memory-store.js";

/** Makes sure that every row to be marked is there and is not marked. */
export function refuseReplayed(store: MemoryStore, target: Target, { replayed }: Commit): void {
  const open = store.quarantine.filter((row) => isOf(row, target) && row.replayedLoadId === undefined);
  const ids = new Set(open.map(({ quarantineId }) => quarantineId));
  const refused = replayed.filter((id) => !ids.has(id));
  if (refused.length === 0) return;
  throw alreadyReplayed(target.stream, refused.length);
}

/** See `Writer.dropKnownRejects`. */
export function dropKnownRejects(
  store: MemoryStore,
  target: Target,
  { id, since, rejects }: { readonly id: number; readonly since: number; readonly rejects: QuarantinedRow[] },
): number {
  const name = ({ rule, row }: QuarantinedRow) => JSON.stringify([rule, row]);
  const waiting = store.quarantine.filter(
    (row) => isOf(row, target) && row.loadId >= since && row.loadId < id && row.replayedLoadId === undefined,
  );
  const known = new Set(waiting.map(name));
  const come = rejects.filter((row) => !known.has(name(row)));
  return rejects.splice(0, rejects.length, ...come).length - come.length;
}

/** Adds a load's rejects and schema decisions, and marks what it replayed. */
export function commitQuarantine(
  store: MemoryStore,
  target: Target,
  { commit, rejects }: { readonly commit: Commit; readonly rejects: readonly QuarantinedRow[] },
): void {
  const { loadId, drift } = commit;
  const { schema, connection, stream } = target;
  const replayed = new Set(commit.replayed);
  for (const [at, row] of store.quarantine.entries()) {
    if (isOf(row, target) && replayed.has(row.quarantineId)) store.quarantine[at] = { ...row, replayedLoadId: loadId };
  }
  const now = new Date();
  const facts = { schema, connection, stream, loadId };
  store.quarantine.push(...rejects.map((row) => ({ ...row, ...facts, quarantinedAt: now, replayedLoadId: undefined })));
  store.drift.push(...drift.map((record) => ({ ...record, ...facts, decidedAt: now })));
}

/** See `OpenDestination.quarantined`. */
export function quarantinedIn(store: MemoryStore, query: QuarantineQuery): QuarantineRow[] {
  const { schema, connection, stream, ids, replayed, after, limit } = query;
  const found = store.quarantine.filter(
    (row) =>
      row.schema === schema &&
      (connection === undefined || row.connection === connection) &&
      (stream === undefined || row.stream === stream) &&
      (ids === undefined || ids.includes(row.quarantineId)) &&
      (replayed === undefined || replayed === (row.replayedLoadId !== undefined)) &&
      (after === undefined || compareIds(row.quarantineId, after) > 0),
  );
  const sorted = found.toSorted((a, b) => compareIds(a.quarantineId, b.quarantineId));
  return sorted.slice(0, limit).map(({ schema: _, ...row }) => row);
}

/** See `OpenDestination.purgeQuarantine`. */
export function purgeIn(store: MemoryStore, { schema, connection, stream, before, replayedOnly }: QuarantinePurge) {
  const kept = store.quarantine.filter(
    (row) =>
      row.schema !== schema ||
      row.connection !== connection ||
      (stream !== undefined && row.stream !== stream) ||
      (before !== undefined && row.quarantinedAt >= before) ||
      (replayedOnly === true && row.replayedLoadId === undefined),
  );
  return store.quarantine.splice(0, store.quarantine.length, ...kept).length - kept.length;
}

function isOf(row: MemoryStore["quarantine"][number], target: Target): boolean {
  return row.schema === target.schema && row.connection === target.connection && row.stream === target.stream;
}

function compareIds(a: string, b: string): number {
  const [[loadA, numberA], [loadB, numberB]] = [parts(a), parts(b)];
  return loadA - loadB || numberA - numberB;
}

function parts(id: string): [load: number, number: number] {
  const [load, number] = id.split("-");
  return [Number(load), Number(number)];
}
