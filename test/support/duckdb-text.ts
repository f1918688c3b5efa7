import type { ColumnType } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";
import { quoteIdentifier, quoteTable } from "../../sdk/sql/duckdb/identifiers.js";

/** A SELECT in DuckDB's SQL whose values are the text that `canonicalize` takes, in columns c0, c1 … */
export function selectText(
  table: { readonly schema: string | undefined; readonly name: string },
  columns: readonly Column[],
): string {
  const list = columns.map(({ name, type }, i) => `${textOf(quoteIdentifier(name), type)} AS c${i}`);
  return `SELECT ${list.join(", ")} FROM ${quoteTable(table)}`;
}

function textOf(value: string, type: ColumnType): string {
  if (type.kind === "binary") return `lower(hex(${value}))`;
  if (type.kind === "timestamp") {
    // The cast to text goes through milliseconds in a double, which are not exact far from today.
    const exact = `CAST(make_timestamp(epoch_us(${value})) AS VARCHAR) || '+00'`;
    return `CASE WHEN isinf(${value}) THEN CAST(${value} AS VARCHAR) ELSE ${exact} END`;
  }
  if (type.kind !== "list") return `CAST(${value} AS VARCHAR)`;
  return `CAST(to_json(list_transform(${value}, item -> ${textOf("item", type.item)})) AS VARCHAR)`;
}
