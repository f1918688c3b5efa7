import duckdb from "@duckdb/node-bindings";
import { type UnpackedValue, unpackValue } from "../../batch/unpack.js";
import type { QueryResult } from "../../destination.js";
import type { Json } from "../../json.js";
import { type ColumnType, decimal } from "../../schema/column-type.js";
import { openColumn } from "./chunk-column.js";
import { columnGatherer } from "./column-gatherer.js";
import { quoteIdentifier } from "./identifiers.js";
import { execute, type SqlValue } from "./statement.js";
import { typeText } from "./type-text.js";
import { castToLogical, logicalType } from "./types.js";

/**
 * Runs a statement and gives its rows as JSON, exact: int64 and HUGEINT beyond 2^53 and decimals as text, dates, times,
 * uuids and bytes as their canonical text, JSON as its text, lists as arrays, everything else as DuckDB's text.
 */
export async function queryRows(
  connection: duckdb.Connection,
  sql: string,
  parameters: readonly SqlValue[],
): Promise<QueryResult> {
  const result = await execute(connection, sql, parameters);
  const columns = columnsOf(result);
  if (columns.every(({ type }) => type !== undefined)) {
    return { columns: columns.map(({ name }) => name), rows: await readRows(result, columns) };
  }
  const names = columns.map((_, i) => quoteIdentifier(`c${i}`));
  const values = columns.map(({ text }, i) => (text === "HUGEINT" ? names[i]! : castToLogical(names[i]!, text)));
  const statement = sql.trim().replace(/;\s*$/, "");
  const cast = `SELECT ${values.join(", ")} FROM (${statement}\n) AS q(${names.join(", ")})`;
  const logical = await execute(connection, cast, parameters);
  return { columns: columns.map(({ name }) => name), rows: await readRows(logical, columnsOf(logical)) };
}

interface ResultColumn {
  readonly name: string;
  readonly text: string;
  /** How its vectors are read; undefined where they cannot be. */
  readonly type: ColumnType | undefined;
}

function columnsOf(result: duckdb.Result): ResultColumn[] {
  return Array.from({ length: duckdb.column_count(result) }, (_, i) => {
    const text = typeText(duckdb.column_logical_type(result, i));
    const type = text === "HUGEINT" ? decimal(38, 0) : logicalType(text);
    const readable = text === "HUGEINT" || castToLogical("", text) === "";
    return { name: duckdb.column_name(result, i), text, type: readable ? type : undefined };
  });
}

async function readRows(result: duckdb.Result, columns: readonly ResultColumn[]): Promise<Json[][]> {
  const rows: Json[][] = [];
  for (;;) {
    const chunk = await duckdb.fetch_chunk(result);
    const size = chunk === null ? 0 : duckdb.data_chunk_get_size(chunk);
    if (chunk === null || size === 0) return rows;
    const first = rows.length;
    for (let row = 0; row < size; row++) rows.push([]);
    for (const [index, { type, text }] of columns.entries()) {
      if (type === undefined) continue;
      const gatherer = columnGatherer(type, { rows: size, bytes: 0 });
      gatherer.append(openColumn(duckdb.data_chunk_get_vector(chunk, index), type, size), 0, size);
      const vector = gatherer.finish();
      for (let row = 0; row < size; row++) {
        rows[first + row]!.push(jsonValue(unpackValue(vector, type, row), text === "HUGEINT"));
      }
    }
  }
}

function jsonValue(value: UnpackedValue, isInteger: boolean): Json {
  if (typeof value === "bigint" || (isInteger && typeof value === "string")) {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (typeof value === "number" && !Number.isFinite(value)) {
    return Number.isNaN(value) ? "NaN" : value > 0 ? "infinity" : "-infinity";
  }
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString("hex")}`;
  if (Array.isArray(value)) return value.map((item: UnpackedValue) => jsonValue(item, isInteger));
  return value as Json;
}
