import type { SchemaChange, StateRow, Target } from "../../sdk/destination.js";
import { errorRecord } from "../../sdk/errors.js";
import type { Column } from "../../sdk/schema/stream.js";
import { targetColumn } from "../schema/known-column.js";
import type { ExpressionEngine } from "../transform/engine.js";
import type { PreparedRows } from "../transform/prepare-rows.js";
import { discoverStreams } from "./discover-streams.js";
import { type ConnectionJob, withEnds } from "./ends.js";
import { withKnownColumns } from "./inferred-columns.js";
import { prepareStream } from "./prepare-stream.js";
import { type ReportedError, reportedError } from "./report.js";
import { type StreamPlan, selectStreams } from "./select-streams.js";
import { shapeOf } from "./shape.js";
import { loadState } from "./stream-state.js";
import { targetOf } from "./target.js";

/** What a sync of one stream would do. */
export interface StreamPreview {
  readonly plan: StreamPlan;
  readonly target: Target;
  /** The committed state it would go on from; undefined: from the beginning. */
  readonly state: StateRow | undefined;
  /** The columns the table will have. */
  readonly columns: readonly Column[];
  /** A new or rebuilt table; otherwise `changes` are made to the one there is. */
  readonly creates: boolean;
  readonly changes: readonly SchemaChange[];
  /** Why the stream would stop. */
  readonly error: ReportedError | null;
}

/** What a sync of a connection would do; nothing is changed. Throws what would stop the whole connection. */
export async function previewConnection(job: ConnectionJob): Promise<StreamPreview[]> {
  return withEnds(job, async ({ source, destination, kind, engine }) => {
    const { connection } = job;
    const catalog = await discoverStreams(source, connection);
    const plans = selectStreams(catalog, connection, kind.capabilities);
    const previews: StreamPreview[] = [];
    for (const selected of plans) {
      const run = { connection: connection.name, fullRefresh: connection.fullRefresh };
      const plan = await withKnownColumns(selected, destination, run);
      const states = await destination.states(plan.schema);
      const state = states.find((row) => row.connection === connection.name && row.stream === plan.id);
      const saved = loadState(state?.state);
      const { rows, error } = await preparedOrError(plan, engine);
      const target = await targetOf(plan, rows, destination, { ...run, naming: kind.capabilities });
      const creates = saved === undefined || target.writeMode === "overwrite";
      const known = creates ? [] : saved.columns;
      const facts = { plan, known, seen: rows.columns, saved, naming: kind.capabilities };
      const shape = error === null ? shapeOrError(facts) : { columns: [], changes: [], error };
      previews.push({ plan, target, state, creates, ...shape });
    }
    return previews;
  });
}

/** What the transforms make of the rows; where they cannot be compiled, the rows as they come, and why. */
async function preparedOrError(
  plan: StreamPlan,
  engine: ExpressionEngine,
): Promise<{ rows: PreparedRows; error: ReportedError | null }> {
  try {
    const { rows } = await prepareStream(plan, plan.stream.columns, engine);
    return { rows, error: null };
  } catch (error) {
    const plain = { ...plan, rows: { transforms: {}, rules: [] } };
    const { rows } = await prepareStream(plain, plan.stream.columns, engine);
    return { rows, error: reportedError(errorRecord(error)) };
  }
}

function shapeOrError(facts: Parameters<typeof shapeOf>[0]): Pick<StreamPreview, "columns" | "changes" | "error"> {
  try {
    const { columns, changes } = shapeOf(facts);
    return { columns: columns.map(targetColumn), changes, error: null };
  } catch (error) {
    return { columns: [], changes: [], error: reportedError(errorRecord(error)) };
  }
}
