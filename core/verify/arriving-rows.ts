import type { Batch } from "../../sdk/batch/batch.js";
import { childBatch, keyVectors } from "../nested/child-batch.js";
import type { ChildTable } from "../nested/child-tables.js";
import type { Learned } from "../nested/learned.js";
import { conformTo } from "../sync/conform.js";
import type { Ends } from "../sync/opened-ends.js";
import { type PreparedStream, prepareStream } from "../sync/prepare-stream.js";
import { childFits, loadedShapes, type Shapes } from "../sync/shapes.js";
import type { StreamPlan } from "../sync/stream-plan.js";
import type { StreamState } from "../sync/stream-state.js";
import { chainedRefinery } from "../transform/chained-refinery.js";
import type { Refined } from "../transform/refinery.js";

/** The rows of a stream as a sync would bring them to its tables. */
export interface Arrival {
  readonly plan: StreamPlan;
  readonly ends: Ends;
  readonly prepared: PreparedStream;
  readonly learned: Learned;
  /** What the tables were loaded with. */
  readonly saved: StreamState;
  /** Of what is loaded now. */
  readonly shapes: Shapes;
  readonly children: readonly ChildTable[];
  /** Target names. */
  readonly primaryKey: readonly string[];
  readonly signal: AbortSignal;
}

/** A batch, by the names and types of the stream's own table, and what it holds for the child tables, by their names. */
export interface ArrivingRows {
  readonly own: Batch;
  readonly children: ReadonlyMap<string, Batch>;
}

/**
 * Reads the whole stream: each batch transformed, judged, and brought to its tables' names and types. Where columns come up
 * on the way that it was not prepared for, it ends by returning the arrival that is, to be read instead.
 */
export async function* arrivingRows(arrival: Arrival): AsyncGenerator<ArrivingRows, Arrival | undefined> {
  const { plan, ends, prepared, signal } = arrival;
  let refinery = await refineryOf(arrival);
  let following: Arrival | undefined;
  const bring = broughtTo(arrival);
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
      let refined = await refinery.refine(message.batch);
      while (refined.grown !== undefined) {
        // The rest is only looked at, so that it is read once more and not for every column.
        await refinery.close();
        following = await preparedAnew(arrival);
        refinery = await refineryOf(following);
        refined = await refinery.refine(message.batch);
      }
      if (following === undefined && refined.batch.rows > 0) yield bring(refined);
    }
  } finally {
    await refinery.close();
  }
  return following;
}

function refineryOf({ ends, prepared, shapes, children }: Arrival) {
  const fits = { fits: shapes.own.fits, childFits: childFits(shapes, children) };
  return chainedRefinery({ ...prepared, ...fits, engine: ends.engine });
}

/** The arrival with all columns that were learned meanwhile. */
async function preparedAnew(arrival: Arrival): Promise<Arrival> {
  const { plan, ends, learned, saved, children, primaryKey } = arrival;
  const prepared = await prepareStream(plan, arrival.prepared.source, ends.engine, learned);
  const naming = ends.kind.capabilities;
  const shapes = loadedShapes({ plan, prepared, saved, children, naming, target: { primaryKey } });
  return { ...arrival, prepared, shapes };
}

/** From rows as the refinery gives them to those of the tables. */
function broughtTo({ shapes, primaryKey }: Arrival): (refined: Refined) => ArrivingRows {
  const conform = conformTo(shapes.own);
  const children = [...shapes.children].map(([name, shape]) => ({ name, shape, conform: conformTo(shape) }));
  return (refined) => {
    const own = conform.batch(refined.batch);
    const key = keyVectors(own, primaryKey);
    const batches = children.flatMap(({ name, shape, conform }): [string, Batch][] => {
      const held = refined.children?.get(name);
      if (held === undefined || held.parents.length === 0) return [];
      return [[name, conform.batch(childBatch(held, shape.seen, key))]];
    });
    return { own, children: new Map(batches) };
  };
}
