import { type Batch, batchBytes } from "../../sdk/batch/batch.js";
import type { OpenDestination, Writer } from "../../sdk/destination.js";
import { ConfigError, SystemError } from "../../sdk/errors.js";
import type { Json } from "../../sdk/json.js";
import type { BatchOrigin } from "../../sdk/messages.js";
import type { Column } from "../../sdk/schema/stream.js";
import { refuseTooMany } from "../quality/refuse-too-many.js";
import { schemaHash } from "../schema/known-column.js";
import { chainedRefinery } from "../transform/chained-refinery.js";
import { maskFingerprints } from "../transform/mask-fingerprint.js";
import type { Refined } from "../transform/refinery.js";
import { flushLoad } from "./flush-load.js";
import { openGate } from "./gate.js";
import type { Lane } from "./lane.js";
import type { LaneTables } from "./lane-tables.js";
import { balance, commitIsDue, type Load, newLoad } from "./load.js";
import { newLoadId } from "./load-id.js";
import { oneAhead } from "./one-ahead.js";
import { type PreparedStream, prepareStream } from "./prepare-stream.js";
import { readAgain } from "./read-again.js";
import { notWhole } from "./refuse-on-the-way.js";
import { renamedScan } from "./renamed-scan.js";
import { allShapes, type Shapes } from "./shapes.js";
import { stateReached } from "./state-reached.js";
import { addToTally, type StreamRun } from "./stream-run.js";
import { loadState } from "./stream-state.js";
import { takeRefined } from "./take-refined.js";

/** A lane that was opened: all that is decided, and whom it writes to. */
interface OpenedLane extends Pick<Lane, "plan" | "resumeFrom" | "merges"> {
  readonly destination: OpenDestination;
  readonly run: StreamRun;
  readonly writer: Writer;
  readonly tables: LaneTables;
  readonly prepared: PreparedStream;
  /** The columns that come. */
  readonly announced: readonly Column[];
  /** The table is built aside and published by the last commit. */
  readonly rebuilds: boolean;
  /** Whether rules judge each load, one without rows too: then all that is read is one load, if it can be. */
  readonly judged: boolean;
  /** Nothing may be committed before the end. */
  readonly wholeOnly: boolean;
}

/** What is known of a batch before its buffers are somebody else's. */
interface Coming {
  readonly rows: number;
  readonly bytes: number;
  readonly origin: BatchOrigin | undefined;
}

/** The lane in motion: it stages what comes, and commits it load by load. */
export async function runLane({
  plan,
  destination,
  run,
  writer,
  tables,
  rebuilds,
  judged,
  wholeOnly,
  merges,
  resumeFrom,
  ...opened
}: OpenedLane): Promise<Lane> {
  let { announced, prepared } = opened;
  let refinery = await refineryOf(prepared);
  let load: Load | undefined;
  let committed = writer.state;
  const before = loadState(committed);
  const masks = { ...run.aside?.masks, ...maskFingerprints(plan.rows.transforms, plan.columns) };
  let offered = resumeFrom;
  /** The first load of this reading; undefined before it, where the reading begins here. */
  let since = resumeFrom === undefined ? undefined : before?.since;
  /** Rows have come since the last checkpoint. */
  let uncovered = false;
  /** The rest of the read is only looked at: the load cannot take what came up, and is read again. */
  let looksOnly = false;
  /** Rows may come that were read before. */
  const rereads = merges && run.aside?.replayed === undefined;
  let gate = openGate({ plan, run, writer, destination, prepared });
  /** One batch is refined while the one before is written. */
  const batches = oneAhead();

  function refineryOf(rows: PreparedStream) {
    const fits = tables.isStarted ? tables.shapes.own.fits : [];
    return chainedRefinery({ ...rows, fits, engine: run.engine });
  }

  async function underWay(): Promise<Load> {
    if (load === undefined) {
      load = newLoad(newLoadId());
      await writer.startLoad(load.id, run.aside?.asOf === undefined ? {} : { asOf: run.aside.asOf });
      tables.startLoad();
      since ??= load.id;
    }
    if (load.read === 0) await tables.alter();
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
    if (looksOnly) {
      run.learned.readWhole = true;
      throw readAgain(plan.id);
    }
    if (!tables.isStarted && !(await startWithoutRows())) return undefined;
    const complete = final || plan.read !== "full_refresh";
    const { own: shape } = tables.shapes;
    const stateNow = () =>
      stateReached({ plan, run, before, shapes: tables.shapes, prepared, complete, source: offered, since });
    const nothingNew = load === undefined && !tables.isBehind && writer.columns !== undefined && !rebuilds;
    const nothingToJudge = !judged || !final;
    if (nothingNew && nothingToJudge && JSON.stringify(stateNow()) === JSON.stringify(committed)) return undefined;
    const done = await underWay();
    const staged = await flushLoad(writer, done, {
      since: (run.aside === undefined ? since : before?.since) ?? 0,
      rereads,
    });
    const state = stateNow();
    const ledger = balance(done, staged, { id: run.id, stateBefore: committed });
    refuseTooMany({ stream: plan.id, ...done }, plan.options.maxQuarantined);
    // A table that is built aside is judged as a whole.
    if (final || !rebuilds) await gate.pass({ shape, staged });
    const publish = final && rebuilds;
    const facts = { loadId: done.id, state, schemaHash: schemaHash(shape.columns), publish, ledger };
    await writer.commit({ ...facts, drift: tables.takeDrift(), replayed: run.aside?.replayed?.() ?? [] });
    addToTally(run.tally, done, ledger);
    run.onCommit(done.id, staged.written);
    committed = state;
    load = undefined;
    return run.aside === undefined ? offered : undefined;
  }

  async function prepare(columns: readonly Column[]): Promise<PreparedStream> {
    return prepareStream(plan, columns, run.engine, run.learned);
  }

  async function goOnWith(following: PreparedStream): Promise<void> {
    await refinery.close();
    prepared = following;
    refinery = await refineryOf(following);
    if (gate.holds) return;
    await gate.close();
    gate = openGate({ plan, run, writer, destination, prepared });
  }

  /** Nothing came to be looked at: the tables have what they had. Returns whether there are tables. */
  async function startWithoutRows(): Promise<boolean> {
    run.learned.looked = true;
    try {
      await tables.start(await prepare(announced));
      return true;
    } catch (error) {
      // What an expression or a rule names is found out when there is a row.
      if (error instanceof ConfigError && writer.columns === undefined) return false;
      throw error;
    }
  }

  /** Makes room for columns that came up in the batch that comes next; or the rest is only looked at. */
  async function grow(): Promise<void> {
    await batches.drain();
    const following = await prepare(announced).catch((error: unknown) => {
      // A column that something names may come up later.
      if (error instanceof ConfigError && !run.learned.readWhole) return undefined;
      throw error;
    });
    if (following === undefined) {
      looksOnly = true;
      return;
    }
    if (tables.isStarted) {
      const next = tables.next(following);
      const hasRows = load !== undefined && load.read > 0;
      if (hasRows && changesOf(next)) {
        const mayCommit = rebuilds ? !gate.holds : !judged && !wholeOnly && !uncovered;
        looksOnly = !mayCommit;
        if (!mayCommit) return;
        await commit(false);
      }
      tables.take(next);
    } else {
      await tables.start(following);
    }
    await goOnWith(following);
  }

  async function take(making: Promise<Refined>, { rows, bytes, origin }: Coming): Promise<void> {
    const current = await underWay();
    uncovered ||= rows > 0;
    await batches.push(async () => {
      await takeRefined(await making, { load: current, plan, writer, tables, masks, origin, gate });
      count(current, rows, bytes);
    });
  }

  /** What becomes of a batch; undefined where it is only looked at. */
  async function refined(batch: Batch): Promise<Refined | undefined> {
    let made = await refinery.refine(batch);
    while (made.grown !== undefined && !looksOnly) {
      await grow();
      if (!looksOnly) made = await refinery.refine(batch);
    }
    return looksOnly ? undefined : made;
  }

  return {
    plan,
    resumeFrom,
    merges,
    get passes() {
      return refinery.passes && !gate.watches;
    },
    async adopt(columns) {
      await batches.drain();
      announced = columns;
      const following = await prepare(columns);
      if (tables.isStarted && !looksOnly) {
        const next = tables.next(following);
        // The table is altered between two loads: what was read so far must be covered by a checkpoint.
        if (changesOf(next) && uncovered) {
          const message = `stream '${plan.id}' changed its columns after rows and before a checkpoint`;
          const hint = "the source must give a checkpoint before it says that its columns changed";
          throw new SystemError("drift.inside_load", message, { stream: plan.id, hint });
        }
        if (changesOf(next) && load !== undefined) {
          if (wholeOnly && !rebuilds) throw notWhole(plan.id);
          await commit(false);
        }
        tables.take(next);
      } else if (!following.rows.isPart && !tables.isStarted) {
        await tables.start(following);
      }
      await goOnWith(following);
    },
    async write(batch, origin) {
      // Counted before: the writer owns the buffers afterwards.
      const coming = { rows: batch.rows, bytes: batchBytes(batch), origin };
      if (prepared.rows.before !== undefined) {
        const made = await refined(batch);
        if (made !== undefined) await take(Promise.resolve(made), coming);
        return;
      }
      const making = refinery.refine(batch);
      making.catch(() => undefined);
      await take(making, coming);
      if (refinery.passes) await batches.drain();
    },
    encoding: !refinery.passes || gate.watches || tables.conform.changesValues ? undefined : writer.encoding,
    async writeEncoded(encoded) {
      if (writer.writeEncoded === undefined)
        throw new SystemError("encoded.not_taken", "the destination decodes no rows");
      const current = await underWay();
      const { rows, bytes } = { rows: encoded.rows, bytes: encoded.data.byteLength };
      uncovered ||= rows > 0;
      await writer.writeEncoded(tables.conform.encoded(encoded));
      count(current, rows, bytes);
    },
    async scan(scan) {
      if (writer.scan === undefined) throw new SystemError("scan.not_taken", "the destination takes no scans");
      const current = await underWay();
      const { read } = await writer.scan(tables.conform.scan(renamedScan(scan, prepared)));
      uncovered ||= read > 0;
      count(current, read, scan.bytes ?? 0);
    },
    offer(state) {
      offered = state;
      uncovered = false;
    },
    isCovered: () => !wholeOnly && !looksOnly && load !== undefined && !uncovered,
    commitIsDue: () => !wholeOnly && !judged && !looksOnly && load !== undefined && commitIsDue(load, run.commit),
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

function changesOf(shapes: Shapes): boolean {
  return allShapes(shapes).some(({ changes }) => changes.length > 0);
}
