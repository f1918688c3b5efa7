import { stat } from "node:fs/promises";
import type { Connection } from "../../sdk/sql/duckdb/database.js";
import { quoteIdentifier, quoteTable } from "../../sdk/sql/duckdb/identifiers.js";
import { queryRows } from "../../sdk/sql/duckdb/query-rows.js";
import { wideTableNames } from "../../sdk/sql/duckdb/wide-tables.js";
import type { DuckColumn, Relation } from "./relation.js";

/** An engine that scans holds 2,048 rows at once, and stores them together: 32 MiB of these. */
const wideBytes = 16 * 1024;
const sampledRows = 16;

/** To find a row costs a pass over the numbers of all; a larger table is sampled only where its file has this much for each of its rows. */
const sampledTableRows = 1_000_000;
const suspectBytes = 1024;

/**
 * The bytes of a row on average where the rows of a table are wide, undefined where they are not. Such rows are to come a few
 * at a time, and not by a scan: Sluice has noted that it wrote some, or rows from all over the table show it.
 */
export async function widthOfWideRows(
  { connection, path }: { readonly connection: Connection; readonly path: string },
  relation: Relation,
  columns: readonly DuckColumn[],
): Promise<number | undefined> {
  const { isTable, estimatedRows = 0 } = relation;
  if (!isTable) return undefined;
  const suspect = estimatedRows <= sampledTableRows || (await stat(path)).size > estimatedRows * suspectBytes;
  const width = suspect ? await sampledWidth(connection, relation, columns) : 0;
  return width > wideBytes || (await isNoted(connection, relation)) ? Math.max(width, wideBytes) : undefined;
}

/** Each row by a SELECT of its own: a list of numbers makes DuckDB fetch the values between them too. */
async function sampledWidth(
  connection: Connection,
  { schema, name, estimatedRows = 0 }: Relation,
  columns: readonly DuckColumn[],
): Promise<number> {
  const widths = columns.flatMap(widthSql);
  if (widths.length === 0 || estimatedRows === 0) return 0;
  const width = widths.map((bytes) => `coalesce(${bytes}, 0)`).join(" + ");
  const table = quoteTable({ schema: schema ?? "", name });
  const places = new Set(
    Array.from({ length: sampledRows }, (_, i) => Math.floor(((i + 0.5) * estimatedRows) / sampledRows)),
  );
  const samples = [...places].map((place) => `SELECT ${width} AS width FROM ${table} WHERE rowid = ${place}`);
  const { rows } = await queryRows(
    connection,
    `SELECT CAST(avg(width) AS DOUBLE) FROM (${samples.join(" UNION ALL ")})`,
    [],
  );
  return Number(rows[0]?.[0] ?? 0);
}

/** The bytes of a value that has no fixed width. */
function widthSql({ name, native: { type } }: DuckColumn): string[] {
  const column = quoteIdentifier(name);
  if (type === "BLOB") return [`octet_length(${column})`];
  if (type === "VARCHAR" || type === "JSON") return [`strlen(${column})`];
  return /[[(]/.test(type) && !type.startsWith("DECIMAL") ? [`strlen(CAST(${column} AS VARCHAR))`] : [];
}

async function isNoted(connection: Connection, { schema, name }: Relation): Promise<boolean> {
  const { rows } = await queryRows(
    connection,
    `SELECT comment FROM duckdb_tables()
     WHERE database_name = current_database() AND schema_name = $1 AND table_name = '_sluice_loads'`,
    [schema ?? ""],
  );
  return wideTableNames(rows[0]?.[0]).includes(name);
}
