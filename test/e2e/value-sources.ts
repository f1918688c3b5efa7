import { join } from "node:path";
import pg from "pg";
import type { UnpackedValue } from "../../sdk/batch/unpack.js";
import type { ColumnType } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";
import { quoteIdentifier, quoteLiteral } from "../../sdk/sql/duckdb/identifiers.js";
import { duckType } from "../../sdk/sql/duckdb/types.js";
import { postgresType } from "../../sdk/sql/postgres/types.js";
import { canonicalRows, repack } from "../../sdk/testing/index.js";
import { runDuckdb } from "../support/run-duckdb.js";

/** A table to be made in a source. */
export interface SourceTable {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Readonly<Record<string, UnpackedValue>>[];
}

/** Makes tables in a Postgres database: each value from its canonical text, by the server's own input functions. */
export async function fillPostgres(url: string, tables: readonly SourceTable[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const { name, columns, rows } of tables) {
    const quoted = client.escapeIdentifier(name);
    const types = columns.map((column) => `${client.escapeIdentifier(column.name)} ${postgresType(column.type)}`);
    await client.query(`create table ${quoted} (${types.join(", ")})`);
    const values = columns.map(({ type }, i) => postgresValue(`$${i + 1}`, type)).join(", ");
    for (const row of canonicalRows(repack(columns, rows))) {
      await client.query(
        `insert into ${quoted} select ${values}`,
        columns.map((column) => row[column.name]),
      );
    }
  }
  await client.end();
}

function postgresValue(parameter: string, type: ColumnType): string {
  if (type.kind !== "list") return `${parameter}::text::${postgresType(type)}`;
  const items = `jsonb_array_elements_text(${parameter}::text::jsonb) with ordinality as item (v, at)`;
  const array = `array(select v::${postgresType(type.item)} from ${items} order by at)`;
  return `case when ${parameter}::text is not null then ${array} end`;
}

/** Makes tables in a DuckDB file. */
export async function fillDuckdb(path: string, tables: readonly SourceTable[]): Promise<void> {
  const statements = tables.flatMap(({ name, columns, rows }) => {
    const types = columns.map((column) => `${quoteIdentifier(column.name)} ${duckType(column.type)}`);
    const values = rows.map(
      (row) => `(${columns.map((column) => literal(row[column.name] ?? null, column.type)).join(", ")})`,
    );
    const insert = `INSERT INTO ${quoteIdentifier(name)} VALUES ${values.join(", ")}`;
    return [`CREATE TABLE ${quoteIdentifier(name)} (${types.join(", ")})`, insert];
  });
  await runDuckdb(path, statements.join(";\n"));
}

/** Writes tables as Parquet files, one a table. */
export async function fillParquet(folder: string, tables: readonly SourceTable[]): Promise<void> {
  const path = join(folder, "filling.duckdb");
  await fillDuckdb(path, tables);
  const copies = tables.map(
    ({ name }) => `COPY ${quoteIdentifier(name)} TO ${quoteLiteral(join(folder, `${name}.parquet`))}`,
  );
  await runDuckdb(path, copies.join(";\n"));
}

function literal(value: UnpackedValue, type: ColumnType): string {
  if (value === null) return "NULL";
  if (type.kind === "list") {
    const items = (value as UnpackedValue[]).map((item) => literal(item, type.item));
    return `CAST([${items.join(", ")}] AS ${duckType(type)})`;
  }
  if (value instanceof Uint8Array) return `from_hex('${Buffer.from(value).toString("hex")}')`;
  const text = String(Object.is(value, -0) ? "-0.0" : value);
  if (text.endsWith(" BC")) {
    const [date, time = "", zone = ""] = /^(\S+)(.*?)(\+00)? BC$/.exec(text)?.slice(1) ?? [];
    return `CAST('${date} (BC)${time}${zone}' AS ${duckType(type)})`;
  }
  return type.kind === "string" && text.includes("\u0000")
    ? text.split("\u0000").map(quoteLiteral).join(" || chr(0) || ")
    : `CAST(${quoteLiteral(text)} AS ${duckType(type)})`;
}
