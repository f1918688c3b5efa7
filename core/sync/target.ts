import type { Target } from "../../sdk/destination.js";
import { ConfigError } from "../../sdk/errors.js";
import type { WriteMode } from "../../sdk/schema/stream.js";
import { type ChildTable, childTables } from "../nested/child-tables.js";
import type { KnownColumn } from "../schema/known-column.js";
import type { NamingRules } from "../schema/naming.js";
import type { PreparedRows } from "../transform/prepare-rows.js";
import type { StreamPlan } from "./stream-plan.js";
import type { StreamRun } from "./stream-run.js";

/**
 * Where a stream's rows go, by the names its columns have at the destination.
 * @throws ConfigError `stream.no_column` where the key or the cursor is no longer there after the transforms
 */
export function targetOf(
  plan: StreamPlan,
  { outputOf }: Pick<PreparedRows, "outputOf">,
  columns: readonly KnownColumn[],
  run: Pick<StreamRun, "connection" | "fullRefresh" | "aside" | "naming">,
): Target {
  const targetName = (source: string) => {
    const output = outputOf.get(source);
    return columns.find((column) => column.source === output && !column.gone)?.target ?? gone(plan, source);
  };
  const primaryKey = plan.primaryKey.map(targetName);
  const children = childrenOf(plan, { primaryKey }, run.naming);
  return {
    connection: run.connection,
    stream: plan.id,
    schema: plan.schema,
    table: plan.table,
    writeMode: writeModeOf(plan, run),
    primaryKey,
    ...(plan.cursorField === undefined ? {} : { cursorField: targetName(plan.cursorField) }),
    fullRefresh: run.aside === undefined && (run.fullRefresh || plan.read === "full_refresh"),
    metadataColumns: plan.options.metadataColumns ?? true,
    ...(children.length === 0 ? {} : { children }),
  };
}

/** The child tables of a stream. */
export function childrenOf(
  { options, table }: Pick<StreamPlan, "options" | "table">,
  { primaryKey }: Pick<Target, "primaryKey">,
  naming: NamingRules,
): ChildTable[] {
  return childTables(options.nested, { table, primaryKey, naming });
}

/** A full refresh on demand builds the table anew, but for a history. */
export function writeModeOf(
  { write }: StreamPlan,
  { fullRefresh, aside }: Pick<StreamRun, "fullRefresh" | "aside">,
): WriteMode {
  if (aside !== undefined) return aside.writeMode;
  return fullRefresh && write !== "scd2" ? "overwrite" : write;
}

function gone({ id }: StreamPlan, column: string): never {
  throw new ConfigError("stream.no_column", `stream '${id}': '${column}' is not among the columns it leaves with`, {
    stream: id,
    column,
    hint: "the columns of the primary key and the cursor must come through the transforms",
  });
}
