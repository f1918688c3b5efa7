import type { Batch } from "../../sdk/batch/batch.js";
import type { Learned } from "../nested/learned.js";
import { conformTo } from "../sync/conform.js";
import type { Ends } from "../sync/opened-ends.js";
import { type PreparedStream, prepareStream } from "../sync/prepare-stream.js";
import type { StreamPlan } from "../sync/select-streams.js";
import { type Shape, shapeOf } from "../sync/shape.js";
import type { StreamState } from "../sync/stream-state.js";
import { chainedRefinery } from "../transform/chained-refinery.js";

/** The rows of a stream as a sync would bring them to its table. */
export interface Arrival {
  readonly plan: StreamPlan;
  readonly ends: Ends;
  readonly prepared: PreparedStream;
  readonly learned: Learned;
  /** What the table was loaded with. */
  readonly saved: StreamState;
  readonly shape: Shape;
  readonly signal: AbortSignal;
}

/** Reads the whole stream: each batch transformed, judged, and brought to the table's names and types. */
export async function* arrivingBatches(arrival: Arrival): AsyncGenerator<Batch> {
  const { plan, ends, prepared, signal } = arrival;
  let way = await openWay(arrival, prepared);
  const { pushed: filter } = plan;
  const messages = ends.source.read({
    stream: plan.stream,
    mode: "full_refresh",
    columns: prepared.source.map(({ name }) => name),
    rereads: "forbidden",
    scans: false,
    inference: "exhaustive",
    batch: ends.budget.batch,
    parallelism: 1,
    signal,
    ...(filter.length === 0 ? {} : { filter }),
  });
  try {
    for await (const message of messages) {
      if (message.type !== "batch") continue;
      let refined = await way.refinery.refine(message.batch);
      while (refined.grown !== undefined) {
        await way.refinery.close();
        way = await openWay(arrival, await prepareStream(plan, prepared.source, ends.engine, arrival.learned));
        refined = await way.refinery.refine(message.batch);
      }
      if (refined.batch.rows > 0) yield way.conform.batch(refined.batch);
    }
  } finally {
    await way.refinery.close();
  }
}

/** From rows as they come to those of the table as it was loaded. */
async function openWay({ plan, ends, saved }: Arrival, prepared: PreparedStream) {
  const naming = ends.kind.capabilities;
  const shape = shapeOf({ plan, prepared, known: saved.columns, saved, naming, rebuilds: false });
  const refinery = await chainedRefinery({ ...prepared, fits: shape.fits, engine: ends.engine });
  return { refinery, conform: conformTo(shape) };
}
