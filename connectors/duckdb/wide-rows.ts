import type { Connection } from "../../sdk/sql/duckdb/database.js";
import { queryRows } from "../../sdk/sql/duckdb/query-rows.js";
import { wideTableNames } from "../../sdk/sql/duckdb/wide-tables.js";
import type { Relation } from "./relation.js";

/**
 * Whether Sluice has written rows so wide into a table that another engine had better not take all of them by one statement: they
 * come as batches, bounded in bytes.
 */
export async function hasWideRows(connection: Connection, { schema, name }: Relation): Promise<boolean> {
  const { rows } = await queryRows(
    connection,
    `SELECT comment FROM duckdb_tables()
     WHERE database_name = current_database() AND schema_name = $1 AND table_name = '_sluice_loads'`,
    [schema ?? ""],
  );
  return wideTableNames(rows[0]?.[0]).includes(name);
}
