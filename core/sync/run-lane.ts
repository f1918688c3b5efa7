import { batchBytes } from "../../sdk/batch/batch.js";
import type { OpenDestination, Staged, Writer } from "../../sdk/destination.js";
import { SystemError } from "../../sdk/errors.js";
import type { Json } from "../../sdk/json.js";
import { refuseTooMany } from "../quality/refuse-too-many.js";
import { schemaHash } from "../schema/known-column.js";
import { chainedRefinery } from "../transform/chained-refinery.js";
import { maskFingerprints } from "../transform/mask-fingerprint.js";
import type { Refinery } from "../transform/refinery.js";
import { conformTo } from "./conform.js";
import { openGate } from "./gate.js";
import type { Lane } from "./lane.js";
import { balance, commitIsDue, type Load, newLoad } from "./load.js";
import { newLoadId } from "./load-id.js";
import { oneAhead } from "./one-ahead.js";
import { type PreparedStream, prepareStream } from "./prepare-stream.js";
import { notWhole, refuseReturned } from "./refuse-on-the-way.js";
import { renamedScan } from "./renamed-scan.js";
import type { Shape } from "./shape.js";
import { addToTally, type StreamRun } from "./stream-run.js";
import { loadState, saveState } from "./stream-state.js";
import { takeRefined } from "./take-refined.js";

/** A lane that was opened: all that is decided, and whom it writes to. */
interface OpenedLane extends Pick<Lane, "plan" | "resumeFrom" | "merges"> {
  readonly destination: OpenDestination;
  readonly run: StreamRun;
  readonly writer: Writer;
  readonly prepared: PreparedStream;
  readonly refinery: Refinery;
  readonly shape: Shape;
  /** The shape of rows that come like this from now on, in the table as the last shape left it. */
  nextShape(following: PreparedStream, last: Shape): Shape;
  /** The table is built aside and published by the last commit. */
  readonly rebuilds: boolean;
  /** Whether rules judge each load, one without rows too: then all that is read is one load, if it can be. */
  readonly judged: boolean;
  /** Nothing may be committed before the end. */
  readonly wholeOnly: boolean;
}

/** The lane in motion: it stages what comes, and commits it load by load. */
export function runLane({
  plan,
  destination,
  run,
  writer,
  nextShape,
  rebuilds,
  judged,
  wholeOnly,
  merges,
  resumeFrom,
  ...parts
}: OpenedLane): Lane {
  let { shape, prepared, refinery } = parts;
  let changes = shape.changes;
  /** What the writer was told at its start to keep; a column that goes on the way is filled with null. */
  const kept = new Set(shape.columns.filter(({ gone }) => gone).map(({ target }) => target));
  const written = (next: Shape) => ({ ...next, columns: next.columns.filter(({ target }) => !kept.has(target)) });
  let conform = conformTo(written(shape));
  let drift = [...run.tableDrift, ...shape.records];
  let load: Load | undefined;
  let committed = writer.state;
  const before = loadState(committed);
  const masks = { ...run.aside?.masks, ...maskFingerprints(plan.rows.transforms, plan.columns) };
  let offered = resumeFrom;
  /** The first load of this reading; undefined before it, where the reading begins here. */
  let since = resumeFrom === undefined ? undefined : before?.since;
  /** Rows have come since the last checkpoint. */
  let uncovered = false;
  const gate = openGate({ plan, run, writer, destination, prepared });
  /** One batch is refined while the one before is written. */
  const batches = oneAhead();

  async function underWay(): Promise<Load> {
    if (load !== undefined) return load;
    load = newLoad(newLoadId());
    await writer.startLoad(load.id, run.aside?.asOf === undefined ? {} : { asOf: run.aside.asOf });
    if (changes.length > 0) await writer.alter(changes);
    changes = [];
    since ??= load.id;
    return load;
  }

  function count(load: Load, rows: number, bytes: number): void {
    load.read += rows;
    load.bytes += bytes;
    run.tally.pending = { rows: load.read, bytes: load.bytes };
    run.onProgress();
  }

  /** Rejected rows that wait in the quarantine already were read again, and are not kept twice. */
  async function flushed(load: Load): Promise<Staged> {
    const { written, deduplicated } = await writer.flush();
    const again = merges && load.quarantined > 0 && run.aside?.replayed === undefined;
    const dropped = again ? await writer.dropKnownRejects?.((run.aside ? before?.since : since) ?? 0) : undefined;
    load.quarantined -= dropped ?? 0;
    return { written, deduplicated: deduplicated + (dropped ?? 0) };
  }

  async function commit(final: boolean): Promise<Json | undefined> {
    await batches.drain();
    const complete = final || plan.read !== "full_refresh";
    const { primaryKey, read } = plan;
    const { columns, declined } = shape;
    const cursor = read === "incremental" ? plan.cursorField : undefined;
    const reached = () => ({ read, source: offered, complete, primaryKey, cursor, since: since ?? before?.since });
    const stateNow = () => saveState({ ...(run.aside === undefined ? reached() : before!), columns, declined });
    const nothingNew = load === undefined && changes.length === 0 && writer.columns !== undefined && !rebuilds;
    const nothingToJudge = !judged || !final;
    if (nothingNew && nothingToJudge && JSON.stringify(stateNow()) === JSON.stringify(committed)) return undefined;
    const done = await underWay();
    const staged = await flushed(done);
    const state = stateNow();
    const ledger = balance(done, staged, { id: run.id, stateBefore: committed });
    refuseTooMany({ stream: plan.id, ...done }, plan.options.maxQuarantined);
    // A table that is built aside is judged as a whole.
    if (final || !rebuilds) await gate.pass({ shape, staged });
    const publish = final && rebuilds;
    const facts = { loadId: done.id, state, schemaHash: schemaHash(shape.columns), publish, ledger };
    await writer.commit({ ...facts, drift, replayed: run.aside?.replayed?.() ?? [] });
    addToTally(run.tally, done, ledger);
    run.onCommit(done.id, staged.written);
    committed = state;
    drift = [];
    load = undefined;
    return run.aside === undefined ? offered : undefined;
  }

  return {
    plan,
    resumeFrom,
    merges,
    get passes() {
      return refinery.passes && !gate.watches;
    },
    async adopt(announced) {
      await batches.drain();
      const following = await prepareStream(plan, announced, run.engine);
      const next = nextShape(following, shape);
      refuseReturned(next, kept, plan.id);
      // The table is altered between two loads: what was read so far must be covered by a checkpoint.
      if (next.changes.length > 0 && uncovered) {
        const message = `stream '${plan.id}' changed its columns after rows and before a checkpoint`;
        const hint = "the source must give a checkpoint before it says that its columns changed";
        throw new SystemError("drift.inside_load", message, { stream: plan.id, hint });
      }
      if (next.changes.length > 0 && load !== undefined) {
        if (wholeOnly && !rebuilds) throw notWhole(plan.id);
        await commit(false);
      }
      shape = next;
      changes = [...changes, ...next.changes];
      drift = [...drift, ...next.records];
      conform = conformTo(written(next));
      await refinery.close();
      prepared = following;
      refinery = await chainedRefinery({ ...prepared, fits: next.fits, engine: run.engine });
    },
    async write(batch) {
      const current = await underWay();
      // Counted before: the writer owns the buffers afterwards.
      const { rows, bytes } = { rows: batch.rows, bytes: batchBytes(batch) };
      uncovered ||= rows > 0;
      const refined = refinery.refine(batch);
      refined.catch(() => undefined);
      await batches.push(async () => {
        await takeRefined(await refined, { load: current, plan, writer, conform, masks, gate });
        count(current, rows, bytes);
      });
      if (refinery.passes) await batches.drain();
    },
    encoding: conform.changesValues || !refinery.passes || gate.watches ? undefined : writer.encoding,
    async writeEncoded(encoded) {
      if (writer.writeEncoded === undefined)
        throw new SystemError("encoded.not_taken", "the destination decodes no rows");
      const current = await underWay();
      const { rows, bytes } = { rows: encoded.rows, bytes: encoded.data.byteLength };
      uncovered ||= rows > 0;
      await writer.writeEncoded(conform.encoded(encoded));
      count(current, rows, bytes);
    },
    async scan(scan) {
      if (writer.scan === undefined) throw new SystemError("scan.not_taken", "the destination takes no scans");
      const current = await underWay();
      const { read } = await writer.scan(conform.scan(renamedScan(scan, prepared)));
      uncovered ||= read > 0;
      count(current, read, scan.bytes ?? 0);
    },
    offer(state) {
      offered = state;
      uncovered = false;
    },
    isCovered: () => !wholeOnly && load !== undefined && !uncovered,
    commitIsDue: () => !wholeOnly && !judged && load !== undefined && commitIsDue(load, run.commit),
    commit,
    async abort() {
      await batches.drain().catch(() => undefined);
      if (load !== undefined) await writer.abort().catch(() => undefined);
    },
    async close() {
      await gate.close();
      await refinery.close();
      await writer.close();
    },
  };
}
