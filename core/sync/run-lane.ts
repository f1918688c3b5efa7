import { batchBytes } from "../../sdk/batch/batch.js";
import { SystemError } from "../../sdk/errors.js";
import type { Json } from "../../sdk/json.js";
import type { BatchMessage } from "../../sdk/messages.js";
import { refuseTooMany } from "../quality/refuse-too-many.js";
import { schemaHash } from "../schema/known-column.js";
import { maskFingerprints } from "../transform/mask-fingerprint.js";
import type { Refined } from "../transform/refinery.js";
import { flushLoad } from "./flush-load.js";
import type { Lane } from "./lane.js";
import { type LaneRowsOptions, laneRows } from "./lane-rows.js";
import { balance, commitIsDue, type Load, newLoad } from "./load.js";
import { newLoadId } from "./load-id.js";
import { oneAhead } from "./one-ahead.js";
import { readAgain } from "./read-again.js";
import { notWhole } from "./refuse-on-the-way.js";
import { renamedScan } from "./renamed-scan.js";
import { stateReached } from "./state-reached.js";
import { addToTally } from "./stream-run.js";
import { loadState } from "./stream-state.js";
import { takeRefined } from "./take-refined.js";

/** A lane that was opened: all that is decided, and whom it writes to. */
interface OpenedLane
  extends Pick<Lane, "resumeFrom" | "merges">,
    Omit<LaneRowsOptions, "isFirst" | "settled" | "makeRoom" | "endLoad"> {
  /** The table is built aside and published by the last commit. */
  readonly rebuilds: boolean;
  /** Whether rules judge each load, one without rows too: then all that is read is one load, if it can be. */
  readonly judged: boolean;
  /** Nothing may be committed before the end. */
  readonly wholeOnly: boolean;
}

/** What is known of rows before their buffers are somebody else's. */
interface Coming {
  readonly rows: number;
  readonly bytes: number;
  readonly origin?: BatchMessage["origin"];
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
  let load: Load | undefined;
  let committed = writer.state;
  const before = loadState(committed);
  const masks = { ...run.aside?.masks, ...maskFingerprints(plan.rows.transforms, plan.columns) };
  let offered = resumeFrom;
  /** Rows of the loads committed so far. */
  let written = 0;
  /** The first load of this reading; undefined before it, where the reading begins here. */
  let since = resumeFrom === undefined ? undefined : before?.since;
  /** Rows have come since the last checkpoint. */
  let uncovered = false;
  /** Rows may come that were read before. */
  const rereads = merges && run.aside?.replayed === undefined;
  /** One batch is refined while the one before is written. */
  const batches = oneAhead();
  const rows = await laneRows({
    ...{ plan, run, destination, writer, tables, makeRoom, endLoad, ...opened },
    isFirst: before === undefined,
    settled: () => batches.drain(),
  });

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

  function count(load: Load, { rows, bytes }: Coming): void {
    load.read += rows;
    load.bytes += bytes;
    run.tally.pending = { rows: load.read, bytes: load.bytes };
    run.onProgress();
  }

  async function take(making: Promise<Refined | undefined>, coming: Coming): Promise<void> {
    const current = await underWay();
    uncovered ||= coming.rows > 0;
    await batches.push(async () => {
      const refined = await making;
      if (refined === undefined) return;
      const { origin } = coming;
      await takeRefined(refined, { load: current, plan, writer, tables, masks, origin, gate: rows.gate });
      count(current, coming);
    });
  }

  async function commit(final: boolean): Promise<Json | undefined> {
    await batches.drain();
    if (rows.looksOnly) {
      run.learned.readWhole = true;
      throw readAgain(plan.id);
    }
    if (!tables.isStarted && !(await rows.startWithoutRows())) return undefined;
    const complete = final || plan.read !== "full_refresh";
    const { shapes } = tables;
    const { prepared } = rows;
    const stateNow = () => stateReached({ plan, run, before, shapes, prepared, complete, source: offered, since });
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
    const rowsOfRun = final ? written + staged.written : undefined;
    if (final || !rebuilds) await rows.gate.pass({ shape: shapes.own, rowsOfRun });
    const publish = final && rebuilds;
    const facts = { loadId: done.id, state, schemaHash: schemaHash(shapes.own.columns), publish, ledger };
    await writer.commit({ ...facts, drift: tables.takeDrift(), replayed: run.aside?.replayed?.() ?? [] });
    written += staged.written;
    addToTally(run.tally, done, ledger);
    run.onCommit(done.id, staged.written);
    committed = state;
    load = undefined;
    return run.aside === undefined ? offered : undefined;
  }

  /** Columns came up: between two loads there is room for them, and in a table that is rebuilt nobody sees where. */
  async function makeRoom(): Promise<boolean> {
    if (load === undefined || load.read === 0) return true;
    const mayCommit = rebuilds ? !rows.gate.holds : !judged && !wholeOnly && !uncovered;
    if (mayCommit) await commit(false);
    return mayCommit;
  }

  /** The table is altered between two loads: what was read so far must be covered by a checkpoint. */
  async function endLoad(): Promise<void> {
    if (uncovered) {
      const message = `stream '${plan.id}' changed its columns after rows and before a checkpoint`;
      const hint = "the source must give a checkpoint before it says that its columns changed";
      throw new SystemError("drift.inside_load", message, { stream: plan.id, hint });
    }
    if (load === undefined) return;
    if (wholeOnly && !rebuilds) throw notWhole(plan.id);
    await commit(false);
  }

  return {
    plan,
    resumeFrom,
    merges,
    get passes() {
      return rows.passes;
    },
    adopt: (columns) => rows.adopt(columns),
    async write(batch, origin) {
      // Counted before: the writer owns the buffers afterwards.
      const coming = { rows: batch.rows, bytes: batchBytes(batch), origin };
      const making = rows.refine(batch);
      making.catch(() => undefined);
      if (rows.areMade && (await making) === undefined) return;
      await take(making, coming);
      if (rows.passes) await batches.drain();
    },
    encoding: !rows.passes || tables.conform.changesValues ? undefined : writer.encoding,
    async writeEncoded(encoded) {
      if (writer.writeEncoded === undefined)
        throw new SystemError("encoded.not_taken", "the destination decodes no rows");
      const current = await underWay();
      const coming = { rows: encoded.rows, bytes: encoded.data.byteLength };
      uncovered ||= coming.rows > 0;
      await writer.writeEncoded(tables.conform.encoded(encoded));
      count(current, coming);
    },
    async scan(scan) {
      if (writer.scan === undefined) throw new SystemError("scan.not_taken", "the destination takes no scans");
      const current = await underWay();
      const { read } = await writer.scan(tables.conform.scan(renamedScan(scan, rows.prepared)));
      uncovered ||= read > 0;
      count(current, { rows: read, bytes: scan.bytes ?? 0 });
    },
    offer(state) {
      offered = state;
      uncovered = false;
    },
    isCovered: () => !wholeOnly && !rows.looksOnly && load !== undefined && !uncovered,
    commitIsDue: () => !wholeOnly && !judged && !rows.looksOnly && load !== undefined && commitIsDue(load, run.commit),
    commit,
    async abort() {
      await batches.drain().catch(() => undefined);
      if (load !== undefined) await writer.abort().catch(() => undefined);
    },
    async close() {
      await rows.close();
      await writer.close();
    },
  };
}
