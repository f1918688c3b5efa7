import type { ColumnType } from "../../sdk/schema/column-type.js";
import { duckType } from "../../sdk/sql/duckdb/types.js";

/** The SQL that brings a column's old values to its wider type, each as the text or number it was. */
export function widened(expression: string, from: ColumnType, to: ColumnType): string {
  if (to.kind === "json") return from.kind === "json" ? expression : `CAST(to_json(${expression}) AS JSON)`;
  if (to.kind === "string" && from.kind === "binary") return `'\\x' || lower(hex(${expression}))`;
  if (to.kind === "string" && from.kind === "list") return `CAST(to_json(${expression}) AS VARCHAR)`;
  return `CAST(${expression} AS ${duckType(to)})`;
}
