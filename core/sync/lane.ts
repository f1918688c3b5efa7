import { type Batch, batchBytes } from "../../sdk/batch/batch.js";
import type { OpenDestination, Writer } from "../../sdk/destination.js";
import { SystemError } from "../../sdk/errors.js";
import type { Json } from "../../sdk/json.js";
import type { EncodedRows, Scan } from "../../sdk/messages.js";
import type { Column } from "../../sdk/schema/stream.js";
import { refuseTooMany } from "../quality/refuse-too-many.js";
import { schemaHash, targetColumn } from "../schema/known-column.js";
import { maskFingerprints } from "../transform/mask-fingerprint.js";
import { openRefinery, type Refinery } from "../transform/refinery.js";
import { conformTo } from "./conform.js";
import { withKnownColumns } from "./inferred-columns.js";
import { balance, commitIsDue, type Load, newLoad } from "./load.js";
import { newLoadId } from "./load-id.js";
import { oneAhead } from "./one-ahead.js";
import { passGate } from "./pass-gate.js";
import { type PreparedStream, prepareStream } from "./prepare-stream.js";
import { notWhole, refuseReturned } from "./refuse-on-the-way.js";
import { refuseMissingTable, refuseNotLoaded, refuseUnsafe } from "./refuse-unsafe.js";
import { renamedScan } from "./renamed-scan.js";
import { type StreamPlan, selectedColumns } from "./select-streams.js";
import { firstShape, refuseFrozen, type Shape, shapeOf } from "./shape.js";
import { addToTally, type StreamRun } from "./stream-run.js";
import { loadState, saveState } from "./stream-state.js";
import { takeRefined } from "./take-refined.js";
import { targetOf, writeModeOf } from "./target.js";

/** The way of one stream's rows into its table: one load after another, each committed with the state it reached. */
export interface Lane {
  /** As given; where columns are inferred, with those that the table has. */
  readonly plan: StreamPlan;
  /** Where the read begins: the committed source state, where it may be used. */
  readonly resumeFrom: Json | undefined;
  /** Whether rows that come again are merged away by key. */
  readonly merges: boolean;
  /** Whether nothing is computed on the rows: they may be scanned, or come undecoded. */
  readonly passes: boolean;
  /** The source's columns have changed: what follows has these. */
  adopt(columns: readonly Column[]): Promise<void>;
  /** Refines a batch, brings it to the names and types of the table and writes it; it may return while that goes on. */
  write(batch: Batch): Promise<void>;
  /** How rows may come that nobody decodes, where nothing is to be done to a value; undefined: they may not. */
  readonly encoding: string | undefined;
  writeEncoded(rows: EncodedRows): Promise<void>;
  scan(scan: Scan): Promise<void>;
  /** A checkpoint that covers everything before it. */
  offer(state: Json): void;
  /** Whether the load has grown or lasted enough, and may be committed before the end. */
  commitIsDue(): boolean;
  /** Whether the load may be committed before its end and has no row that no checkpoint covers. */
  isCovered(): boolean;
  /** Commits the load with the state last offered, which it returns; nothing where there is nothing to commit. */
  commit(final: boolean): Promise<Json | undefined>;
  abort(): Promise<void>;
  close(): Promise<void>;
}

interface LaneOptions {
  readonly plan: StreamPlan;
  readonly destination: OpenDestination;
  readonly run: StreamRun;
}

/** Takes over the stream at the destination, decides what its table looks like and begins. */
export async function openLane({ plan: given, destination, run }: LaneOptions): Promise<Lane> {
  const plan = withKnownColumns(given, run);
  const prepared = await prepareStream(plan, selectedColumns(plan), run.engine);
  const expected = firstShape({ plan, prepared, run, saved: run.saved });
  const { connection, aside } = run;
  if (aside !== undefined) refuseNotLoaded(plan, run.saved !== undefined);
  refuseUnsafe({ plan, shape: expected, saved: run.saved, writeMode: writeModeOf(plan, run), connection });
  const target = targetOf(plan, prepared.rows, expected.columns, run);
  const writer = await destination.begin(target);
  try {
    const saved = loadState(writer.state);
    const rebuilds = target.writeMode === "overwrite";
    if (aside !== undefined) refuseNotLoaded(plan, writer.columns !== undefined && saved !== undefined);
    if (writer.columns === undefined && !rebuilds) refuseMissingTable(plan, saved);
    const shape = firstShape({ plan, prepared, run, saved });
    tell(shape);
    const refinery = await openRefinery({ ...prepared, fits: shape.fits, engine: run.engine });
    const kept = shape.columns.filter(({ gone }) => gone);
    await writer.start(
      shape.columns.filter((column) => !kept.includes(column)).map(targetColumn),
      kept.map(targetColumn),
    );
    // A table that is rebuilt, or a history whose missing keys are closed, is right only once everything has been read.
    const wholeOnly = rebuilds || (target.writeMode === "scd2" && target.fullRefresh);
    const goesOn =
      saved?.read === plan.read &&
      aside === undefined &&
      !run.fullRefresh &&
      (plan.read !== "full_refresh" || !saved.complete);
    const resumeFrom = goesOn && !wholeOnly ? saved?.source : undefined;
    const merges = target.writeMode === "merge" || target.writeMode === "scd2";
    const judged = (plan.options.quality?.loads ?? []).length > 0;
    return laneOf({
      plan,
      destination,
      run,
      writer,
      judged,
      wholeOnly,
      prepared,
      refinery,
      shape,
      nextShape,
      rebuilds,
      merges,
      resumeFrom,
    });

    function nextShape(following: PreparedStream, { columns: known, declined }: Shape): Shape {
      const before = saved === undefined ? undefined : { ...saved, declined };
      const facts = { plan, prepared: following, known, saved: before, naming: run.naming, rebuilds: false };
      const next = shapeOf(facts);
      tell(next);
      return next;
    }
  } catch (error) {
    await writer.close();
    throw error;
  }

  function tell(shape: Shape): void {
    for (const record of shape.records) run.onDrift(record);
    refuseFrozen(shape, plan, connection);
  }
}

interface LaneParts extends Pick<Lane, "resumeFrom" | "merges">, LaneOptions {
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

function laneOf({
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
}: LaneParts): Lane {
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
  /** Rows have come since the last checkpoint. */
  let uncovered = false;
  /** One batch is refined while the one before is written. */
  const batches = oneAhead();

  async function underWay(): Promise<Load> {
    if (load !== undefined) return load;
    load = newLoad(newLoadId());
    await writer.startLoad(load.id, run.aside?.asOf === undefined ? {} : { asOf: run.aside.asOf });
    if (changes.length > 0) await writer.alter(changes);
    changes = [];
    return load;
  }

  function count(load: Load, rows: number, bytes: number): void {
    load.read += rows;
    load.bytes += bytes;
    run.tally.pending = { rows: load.read, bytes: load.bytes };
    run.onProgress();
  }

  async function commit(final: boolean): Promise<Json | undefined> {
    await batches.drain();
    const complete = final || plan.read !== "full_refresh";
    const { primaryKey, read } = plan;
    const { columns, declined } = shape;
    const cursor = read === "incremental" ? plan.cursorField : undefined;
    const reached = { read, source: offered, complete, primaryKey, cursor };
    const state = saveState({ ...(run.aside === undefined ? reached : before!), columns, declined });
    const nothingNew = load === undefined && changes.length === 0 && writer.columns !== undefined && !rebuilds;
    const nothingToJudge = !judged || !final;
    if (nothingNew && nothingToJudge && JSON.stringify(state) === JSON.stringify(committed)) return undefined;
    const done = await underWay();
    const staged = await writer.flush();
    const ledger = balance(done, staged, { id: run.id, stateBefore: committed });
    refuseTooMany({ stream: plan.id, ...done }, plan.options.maxQuarantined);
    await passGate({ plan, run, writer, destination, shape, staged });
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
      return refinery.passes;
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
      refinery = await openRefinery({ ...prepared, fits: next.fits, engine: run.engine });
    },
    async write(batch) {
      const current = await underWay();
      // Counted before: the writer owns the buffers afterwards.
      const { rows, bytes } = { rows: batch.rows, bytes: batchBytes(batch) };
      uncovered ||= rows > 0;
      const refined = refinery.refine(batch);
      refined.catch(() => undefined);
      await batches.push(async () => {
        await takeRefined(await refined, { load: current, plan, writer, conform, masks });
        count(current, rows, bytes);
      });
      if (refinery.passes) await batches.drain();
    },
    encoding: conform.changesValues || !refinery.passes ? undefined : writer.encoding,
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
      await refinery.close();
      await writer.close();
    },
  };
}
