import type { ColumnType } from "../../sdk/schema/column-type.js";
import { duckType } from "../../sdk/sql/duckdb/types.js";
import { duckValueText } from "../../sdk/sql/duckdb/value-text.js";

/** The SQL that brings a column's old values to its wider type, each as the number it was or as its canonical text. */
export function widened(expression: string, from: ColumnType, to: ColumnType): string {
  const isText = to.kind === "string" || to.kind === "json";
  return `CAST(${isText ? duckValueText(expression, from) : expression} AS ${duckType(to)})`;
}
