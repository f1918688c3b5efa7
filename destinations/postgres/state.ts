import type { Commit, StateKey, StateRow, Target } from "../../sdk/destination.js";
import { SystemError, TransientError } from "../../sdk/errors.js";
import type { Json } from "../../sdk/json.js";
import { quoteLiteral, quoteTable } from "../../sdk/sql/postgres/identifiers.js";
import { findTable } from "./relation.js";
import type { Session } from "./session.js";

/** Which writer of a stream this is, and the commit it stands on. */
export interface Fence {
  readonly key: StateKey & { readonly schema: string };
  readonly epoch: number;
  readonly seq: number;
  readonly loadId: number | undefined;
  readonly state: Json | undefined;
}

export function stateTable(schema: string): string {
  return quoteTable({ schema, name: "_sluice_state" });
}

/** Takes a stream over: every earlier writer of it is fenced from here on. Commits at once. */
export async function raiseEpoch(session: Session, key: Fence["key"]): Promise<Fence> {
  const [row] = await session.rows<{ epoch: string; seq: string; load_id: string | null; state: string | null }>(
    `insert into ${stateTable(key.schema)} as s (connection, stream, epoch, seq) values ($1, $2, 1, 0)
     on conflict (connection, stream) do update set epoch = s.epoch + 1
     returning epoch, seq, load_id, state`,
    [key.connection, key.stream],
  );
  return {
    key,
    epoch: Number(row!.epoch),
    seq: Number(row!.seq),
    loadId: row!.load_id === null ? undefined : Number(row!.load_id),
    state: row!.state === null ? undefined : (JSON.parse(row!.state) as Json),
  };
}

/**
 * Makes sure that no other writer has begun; with `lock`, that none can before the transaction ends.
 * @throws TransientError `destination.fenced`
 */
export async function holdFence(session: Session, fence: Fence, lock: boolean): Promise<void> {
  const { key, epoch, seq } = fence;
  const rows = await session.rows<{ epoch: string; seq: string }>(
    `select epoch, seq from ${stateTable(key.schema)} where connection = $1 and stream = $2${lock ? " for update" : ""}`,
    [key.connection, key.stream],
  );
  const [row] = rows;
  if (rows.length === 1 && Number(row!.epoch) === epoch && Number(row!.seq) === seq) return;
  throw fenced(key);
}

export function fenced(key: StateKey): TransientError {
  return new TransientError(
    "destination.fenced",
    `${key.stream}: another run of connection '${key.connection}' has taken over; nothing of this load was written`,
    { stream: key.stream, hint: "let the other run end; only one may load a stream at a time" },
  );
}

/** Moves the state to that of a commit, in its transaction. `state` undefined: it stays as it is. */
export async function saveState(session: Session, fence: Fence, commit: Commit, visible: boolean): Promise<void> {
  const { key, epoch, seq } = fence;
  const state = visible
    ? `, state = ${jsonLiteral(commit.state)}, schema_hash = ${quoteLiteral(commit.schemaHash)}`
    : "";
  const changed = await session.run(
    `update ${stateTable(key.schema)} set seq = seq + 1, load_id = ${commit.loadId}, committed_at = clock_timestamp()${state}
     where connection = ${quoteLiteral(key.connection)} and stream = ${quoteLiteral(key.stream)}
       and epoch = ${epoch} and seq = ${seq}`,
  );
  if (changed !== 1) throw fenced(key);
}

/** Refuses a load that stands already: writing it again would double its rows. */
export function refuseReplay(fence: Fence, target: Target, loadId: number): void {
  if (fence.loadId === undefined || loadId > fence.loadId) return;
  throw new SystemError(
    "load.replayed",
    `${target.stream}: load ${loadId} is not newer than load ${fence.loadId}, which stands`,
    {
      stream: target.stream,
    },
  );
}

/** See `OpenDestination.states`. */
export async function readStates(session: Session, schema: string): Promise<StateRow[]> {
  if ((await findTable(session, { schema, name: "_sluice_state" })) === undefined) return [];
  const rows = await session.rows<StateValues>(
    `select connection, stream, epoch, seq, load_id, state, schema_hash, ${isoTime("committed_at")} as committed_at
     from ${stateTable(schema)} order by connection, stream`,
  );
  return rows.map((row) => ({
    connection: row.connection,
    stream: row.stream,
    epoch: Number(row.epoch),
    seq: Number(row.seq),
    loadId: row.load_id === null ? undefined : Number(row.load_id),
    state: row.state === null ? undefined : (JSON.parse(row.state) as Json),
    schemaHash: row.schema_hash ?? undefined,
    committedAt: row.committed_at === null ? undefined : new Date(row.committed_at),
  }));
}

/** See `OpenDestination.putState`. */
export async function writeState(session: Session, key: Fence["key"], state: Json | undefined): Promise<void> {
  const value = state === undefined ? null : JSON.stringify(state);
  await session.rows(
    `insert into ${stateTable(key.schema)} as s (connection, stream, epoch, seq, state, committed_at)
     values ($1, $2, 1, 0, $3, clock_timestamp())
     on conflict (connection, stream) do update
     set epoch = s.epoch + 1, state = excluded.state, schema_hash = null, committed_at = excluded.committed_at`,
    [key.connection, key.stream, value],
  );
}

/** A timestamp column as text that `Date` understands. */
export function isoTime(column: string): string {
  return `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

export function jsonLiteral(value: Json | undefined): string {
  return value === undefined ? "null" : quoteLiteral(JSON.stringify(value));
}

type StateValues = {
  readonly connection: string;
  readonly stream: string;
  readonly epoch: string;
  readonly seq: string;
  readonly load_id: string | null;
  readonly state: string | null;
  readonly schema_hash: string | null;
  readonly committed_at: string | null;
};
