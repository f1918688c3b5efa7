import type { Batch } from "../../sdk/batch/batch.js";
import { conformTo } from "../sync/conform.js";
import type { Ends } from "../sync/opened-ends.js";
import type { PreparedStream } from "../sync/prepare-stream.js";
import type { StreamPlan } from "../sync/select-streams.js";
import type { Shape } from "../sync/shape.js";
import { chainedRefinery } from "../transform/chained-refinery.js";

/** The rows of a stream as a sync would bring them to its table. */
export interface Arrival {
  readonly plan: StreamPlan;
  readonly ends: Ends;
  readonly prepared: PreparedStream;
  readonly shape: Shape;
  readonly signal: AbortSignal;
}

/** Reads the whole stream: each batch transformed, judged, and brought to the table's names and types. */
export async function* arrivingBatches({ plan, ends, prepared, shape, signal }: Arrival): AsyncGenerator<Batch> {
  const conform = conformTo(shape);
  const refinery = await chainedRefinery({ ...prepared, fits: shape.fits, engine: ends.engine });
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
      const { batch } = await refinery.refine(message.batch);
      if (batch.rows > 0) yield conform.batch(batch);
    }
  } finally {
    await refinery.close();
  }
}
