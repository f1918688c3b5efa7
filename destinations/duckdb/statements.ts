import type { Target, TargetChange } from "../../sdk/destination.js";
import type { EngineConnection } from "../../sdk/sql/duckdb/engine.js";
import { documentCompression } from "./document-compression.js";
import { findTable, type TableName } from "./relation.js";
import { createTable, planTable } from "./table-plan.js";

/** See `OpenDestination.statements`. */
export async function statementsFor(
  connection: EngineConnection,
  table: TableName,
  target: Target,
  { columns, changes }: TargetChange,
): Promise<string[]> {
  const documents = await documentCompression(connection, columns);
  const shape = { columns, changes, loadId: target.metadataColumns, validity: target.writeMode === "scd2", documents };
  const present = target.writeMode === "overwrite" ? undefined : await findTable(connection, table);
  return present === undefined ? [createTable(table, shape)] : planTable(table, present, shape);
}
