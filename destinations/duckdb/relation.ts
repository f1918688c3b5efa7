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
  const kind = await kindOf(connection, schema, name);
  if (kind === undefined) return undefined;
  if (kind === "view") {
    throw new ConfigError("target.not_a_table", `${quoteTable({ schema, name })} is a view`, {
      hint: "name another table with `table:`, or drop the view",
    });
  }
  const { rows } = await connection.query(
    `SELECT column_name, data_type, is_nullable, column_default IS NOT NULL FROM duckdb_columns()
     WHERE database_name = current_database() AND lower(schema_name) = lower($1) AND lower(table_name) = lower($2)
     ORDER BY column_index`,
    [schema, name],
  );
  return rows.map(([column, text, nullable, hasDefault]) => ({
    name: String(column),
    type: logicalType(String(text)),
    nullable: nullable === true,
    text: String(text),
    hasDefault: hasDefault === true,
  }));
}

/** Asked first, since it is much faster than to look for columns, and most often there is no table yet. */
async function kindOf(connection: EngineConnection, schema: string, name: string): Promise<string | undefined> {
  const named = (column: string) =>
    `database_name = current_database() AND lower(schema_name) = lower($1) AND lower(${column}) = lower($2)`;
  const { rows } = await connection.query(
    `SELECT 'table' FROM duckdb_tables() WHERE ${named("table_name")}
     UNION ALL SELECT 'view' FROM duckdb_views() WHERE NOT internal AND ${named("view_name")}`,
    [schema, name],
  );
  return rows[0] === undefined ? undefined : String(rows[0][0]);
}
