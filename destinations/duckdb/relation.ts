import { ConfigError } from "../../sdk/errors.js";
import type { Column } from "../../sdk/schema/stream.js";
import type { EngineConnection } from "../../sdk/sql/duckdb/engine.js";
import { quoteTable } from "../../sdk/sql/duckdb/identifiers.js";
import { logicalType } from "../../sdk/sql/duckdb/types.js";

export interface TableName {
  readonly schema: string;
  readonly name: string;
}

/** A column of a table as it stands. */
export interface TableColumn extends Column {
  /** Its DuckDB type. */
  readonly text: string;
  readonly hasDefault: boolean;
}

/**
 * The columns of a table, undefined where there is none.
 * @throws ConfigError `target.not_a_table` where a view has that name
 */
export async function findTable(
  connection: EngineConnection,
  { schema, name }: TableName,
): Promise<TableColumn[] | undefined> {
  const { rows } = await connection.query(
    `SELECT column_name, data_type, is_nullable, column_default IS NOT NULL, EXISTS (
       FROM duckdb_views() AS v WHERE v.database_name = c.database_name AND v.view_oid = c.table_oid)
     FROM duckdb_columns() AS c
     WHERE database_name = current_database() AND lower(schema_name) = lower($1) AND lower(table_name) = lower($2)
     ORDER BY column_index`,
    [schema, name],
  );
  if (rows.length === 0) return undefined;
  if (rows[0]![4] === true) {
    throw new ConfigError("target.not_a_table", `${quoteTable({ schema, name })} is a view`, {
      hint: "name another table with `table:`, or drop the view",
    });
  }
  return rows.map(([column, text, nullable, hasDefault]) => ({
    name: String(column),
    type: logicalType(String(text)),
    nullable: nullable === true,
    text: String(text),
    hasDefault: hasDefault === true,
  }));
}
