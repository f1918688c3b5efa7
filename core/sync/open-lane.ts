import type { OpenDestination } from "../../sdk/destination.js";
import { brokenIfAccepted } from "./broken-views.js";
import { withKnownColumns } from "./inferred-columns.js";
import type { Lane } from "./lane.js";
import { laneTables } from "./lane-tables.js";
import { prepareStream } from "./prepare-stream.js";
import { refuseMissingTable, refuseNotLoaded, refuseUnsafe } from "./refuse-unsafe.js";
import { runLane } from "./run-lane.js";
import { firstShape } from "./shape.js";
import { firstShapes, nextShapes } from "./shapes.js";
import { type StreamPlan, selectedColumns } from "./stream-plan.js";
import type { StreamRun } from "./stream-run.js";
import { loadState } from "./stream-state.js";
import { childrenOf, targetOf, writeModeOf } from "./target.js";

interface LaneOptions {
  readonly plan: StreamPlan;
  readonly destination: OpenDestination;
  readonly run: StreamRun;
}

/** Takes over the stream at the destination, decides what its tables look like and begins. */
export async function openLane({ plan: given, destination, run }: LaneOptions): Promise<Lane> {
  const plan = withKnownColumns(given, run);
  const announced = selectedColumns(plan);
  const prepared = await prepareStream(plan, announced, run.engine, run.learned);
  const { connection, aside, naming } = run;
  const own = firstShape({ plan, prepared, run, saved: run.saved });
  if (aside !== undefined) refuseNotLoaded(plan, run.saved !== undefined);
  refuseUnsafe({ plan, shape: own, saved: run.saved, writeMode: writeModeOf(plan, run), connection });
  const target = targetOf(plan, prepared.rows, own.columns, run);
  const change = { plan, prepared, run, saved: run.saved, destination, target };
  const views = own.refusals.length > 0 ? await brokenIfAccepted(change) : [];
  const writer = await destination.begin(target);
  try {
    const saved = loadState(writer.state);
    const rebuilds = target.writeMode === "overwrite";
    if (aside !== undefined) refuseNotLoaded(plan, writer.columns !== undefined && saved !== undefined);
    if (writer.columns === undefined && !rebuilds) refuseMissingTable(plan, saved);
    const facts = { plan, saved, target, children: childrenOf(plan, target, naming) };
    const tables = laneTables({
      ...{ plan, run, writer, target, views, childTables: facts.children },
      first: (following) => firstShapes({ ...facts, prepared: following, run }),
      next: (following, last) => nextShapes({ ...facts, prepared: following, naming }, last),
    });
    if (!prepared.rows.isPart) await tables.start(prepared);
    // A table that is rebuilt, or a history whose missing keys are closed, is right only once everything has been read.
    const wholeOnly = rebuilds || (target.writeMode === "scd2" && target.fullRefresh);
    const goesOn =
      saved?.read === plan.read &&
      aside === undefined &&
      !run.fullRefresh &&
      (plan.read !== "full_refresh" || !saved.complete);
    return await runLane({
      plan,
      destination,
      run,
      writer,
      tables,
      prepared,
      announced,
      judged: (plan.options.quality?.loads ?? []).length > 0,
      wholeOnly,
      rebuilds,
      merges: target.writeMode === "merge" || target.writeMode === "scd2",
      resumeFrom: goesOn && !wholeOnly ? saved?.source : undefined,
    });
  } catch (error) {
    await writer.close();
    throw error;
  }
}
