import type { Batch } from "../../sdk/batch/batch.js";
import type { Column } from "../../sdk/schema/stream.js";
import { plainFits } from "../schema/fit.js";
import type { KnownColumn } from "../schema/known-column.js";
import { conformTo } from "../sync/conform.js";
import type { Ends } from "../sync/ends.js";
import type { StreamPlan } from "../sync/select-streams.js";

/** The rows of a stream as a sync would bring them to its table. */
export interface Arrival {
  readonly plan: StreamPlan;
  readonly ends: Ends;
  /** The columns as the source has them, and as the table has them: the same in number and order. */
  readonly seen: readonly Column[];
  readonly known: readonly KnownColumn[];
  readonly signal: AbortSignal;
}

/** Reads the whole stream, each batch conformed to the table. */
export async function* arrivingBatches({ plan, ends, seen, known, signal }: Arrival): AsyncGenerator<Batch> {
  const conform = conformTo({ seen, columns: known, fits: plainFits(known) });
  const { pushed: filter } = plan;
  const messages = ends.source.read({
    stream: plan.stream,
    mode: "full_refresh",
    columns: seen.map(({ name }) => name),
    rereads: "forbidden",
    scans: false,
    inference: "exhaustive",
    batch: ends.budget.batch,
    parallelism: 1,
    signal,
    ...(filter.length === 0 ? {} : { filter }),
  });
  for await (const message of messages) if (message.type === "batch") yield conform.batch(message.batch);
}
