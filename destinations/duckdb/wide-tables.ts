import type { EngineConnection } from "../../sdk/sql/duckdb/engine.js";
import { wideTableNames, wideTablesPrefix } from "../../sdk/sql/duckdb/wide-tables.js";

/** Whether a table of the file has wide rows, or one that a killed load left. */
export async function hasWideTables(connection: EngineConnection): Promise<boolean> {
  const { rows } = await connection.query(
    `SELECT schema_name, comment FROM duckdb_tables() WHERE database_name = current_database()
     AND table_name = '_sluice_loads' AND starts_with(comment, $1)`,
    [wideTablesPrefix],
  );
  for (const [schema, comment] of rows) {
    const { rows: found } = await connection.query(
      `SELECT 1 FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = $1
       AND (list_contains(from_json(CAST($2 AS JSON), '["VARCHAR"]'), table_name)
         OR starts_with(table_name, '_sluice_new_') OR starts_with(table_name, '_sluice_hidden_')) LIMIT 1`,
      [String(schema), JSON.stringify(wideTableNames(comment))],
    );
    if (found.length > 0) return true;
  }
  return false;
}
