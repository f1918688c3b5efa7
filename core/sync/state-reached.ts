import type { Json } from "../../sdk/json.js";
import { learnedBeside, madeColumns } from "./learned-columns.js";
import type { PreparedStream } from "./prepare-stream.js";
import { declinedOf, type Shapes } from "./shapes.js";
import type { StreamPlan } from "./stream-plan.js";
import type { StreamRun } from "./stream-run.js";
import { type StreamState, saveState } from "./stream-state.js";

interface ReachedFacts {
  readonly plan: StreamPlan;
  readonly run: Pick<StreamRun, "aside" | "learned">;
  /** The state committed when the lane was opened. */
  readonly before: StreamState | undefined;
  readonly shapes: Shapes;
  readonly prepared: PreparedStream;
  readonly complete: boolean;
  /** As the source last offered it. */
  readonly source: Json | undefined;
  /** The first load of this reading, where there was one. */
  readonly since: number | undefined;
}

/** The state that a load is committed with; beside the stream's own reading, where that stands stays as it is. */
export function stateReached({ plan, run, before, shapes, prepared, complete, source, since }: ReachedFacts): Json {
  const { read, primaryKey, cursorField } = plan;
  const { own, children } = shapes;
  const cursor = read === "incremental" ? cursorField : undefined;
  const reached = { read, source, complete, primaryKey, cursor, since: since ?? before?.since };
  return saveState({
    ...(run.aside === undefined ? reached : before!),
    columns: own.columns,
    declined: declinedOf(shapes),
    children: { ...before?.children, ...columnsByName(children) },
    nested: learnedBeside(run.learned, own.columns),
    made: madeColumns(prepared.rows, own.columns, before?.made),
  });
}

function columnsByName(children: Shapes["children"]) {
  return Object.fromEntries([...children].map(([name, { columns }]) => [name, columns]));
}
