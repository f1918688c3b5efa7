import { SystemError } from "../../sdk/errors.js";
import type { Column } from "../../sdk/schema/stream.js";
import { requireRuleColumns } from "../quality/require-rule-columns.js";
import type { ExpressionEngine } from "../transform/engine.js";
import { type PreparedRows, prepareRows } from "../transform/prepare-rows.js";
import { addedColumns } from "./inferred-columns.js";
import type { StreamPlan } from "./select-streams.js";

/** A stream's rows as they come and as they leave the transforms. */
export interface PreparedStream {
  /** The selected columns, as the source has them. */
  readonly source: readonly Column[];
  readonly rows: PreparedRows;
}

/**
 * Compiles what is done to a stream's rows, over the columns the source announces.
 * @throws ConfigError naming the stream, the option and the place in it
 */
export async function prepareStream(
  plan: StreamPlan,
  announced: readonly Column[],
  engine: ExpressionEngine,
): Promise<PreparedStream> {
  const names = [...plan.columns, ...addedColumns(plan, announced)];
  const source = names.map((name) => announced.find((column) => column.name === name) ?? missing(plan.id, name));
  const rows = await prepareRows(source, { ...plan.rows, stream: plan.id }, engine);
  requireRuleColumns(
    plan.id,
    plan.options.quality?.loads ?? [],
    rows.columns.map(({ name }) => name),
  );
  return { source, rows };
}

function missing(stream: string, column: string): never {
  const message = `stream '${stream}' announced columns without '${column}'`;
  throw new SystemError("schema.column_missing", message, { stream, column });
}
