import { documentCompression } from "./document-compression.js";
import { findTable, type TableName } from "./relation.js";
import type { LoadShape, StrategyContext } from "./strategy.js";
import { createTable, planTable } from "./table-plan.js";

/**
 * Makes a table that takes a load, or alters the one that is there. Comes before any row of the transaction. Returns whether
 * there was none.
 */
export async function ensureTable(
  { connection, target }: StrategyContext,
  table: TableName,
  load: LoadShape,
): Promise<boolean> {
  const present = await findTable(connection, table);
  const columns = [...load.columns, ...load.kept.map((column) => ({ ...column, nullable: true }))];
  const shape = {
    columns,
    changes: load.changes,
    loadId: target.metadataColumns,
    validity: target.writeMode === "scd2",
    documents: await documentCompression(connection, columns),
  };
  const statements = present === undefined ? [createTable(table, shape)] : planTable(table, present, shape);
  if (statements.length > 0) await connection.run(statements.join("; "));
  return present === undefined;
}
