import type { OpenDestination } from "../../sdk/destination.js";
import { targetColumn } from "../schema/known-column.js";
import { chainedRefinery } from "../transform/chained-refinery.js";
import { withKnownColumns } from "./inferred-columns.js";
import type { Lane } from "./lane.js";
import { type PreparedStream, prepareStream } from "./prepare-stream.js";
import { refuseMissingTable, refuseNotLoaded, refuseUnsafe } from "./refuse-unsafe.js";
import { runLane } from "./run-lane.js";
import { type StreamPlan, selectedColumns } from "./select-streams.js";
import { firstShape, refuseFrozen, type Shape, shapeOf } from "./shape.js";
import type { StreamRun } from "./stream-run.js";
import { loadState } from "./stream-state.js";
import { targetOf, writeModeOf } from "./target.js";

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
    const refinery = await chainedRefinery({ ...prepared, fits: shape.fits, engine: run.engine });
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
    return runLane({
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
