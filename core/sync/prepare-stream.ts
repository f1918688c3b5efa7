import type { Column } from "../../sdk/schema/stream.js";
import { requireRuleColumns } from "../quality/require-rule-columns.js";
import type { ExpressionEngine } from "../transform/engine.js";
import { type PreparedRows, prepareRows } from "../transform/prepare-rows.js";
import { addedColumns } from "./inferred-columns.js";
import type { StreamPlan } from "./select-streams.js";

/** A stream's rows as they come and as they leave the transforms. */
export interface PreparedStream {
  /** The columns of batches, as the source has them. */
  readonly source: readonly Column[];
  readonly rows: PreparedRows;
}

/**
 * Compiles what is done to a stream's rows, over the columns that come: those that were asked for, or what the source
 * announces while it is read.
 * @throws ConfigError naming the stream, the option and the place in it
 */
export async function prepareStream(
  plan: StreamPlan,
  announced: readonly Column[],
  engine: ExpressionEngine,
): Promise<PreparedStream> {
  const names = [...plan.columns, ...addedColumns(plan, announced)];
  const source = names.flatMap((name) => announced.find((column) => column.name === name) ?? []);
  const rows = await prepareRows(source, { ...plan.rows, stream: plan.id }, engine);
  requireRuleColumns(
    plan.id,
    plan.options.quality?.loads ?? [],
    rows.columns.map(({ name }) => name),
  );
  return { source, rows };
}
