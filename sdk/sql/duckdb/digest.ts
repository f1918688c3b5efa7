import type { ColumnType } from "../../schema/column-type.js";
import { type DigestDialect, fieldText } from "../digest-query.js";
import { quoteLiteral } from "./identifiers.js";
import { duckType } from "./types.js";

/** DuckDB's part of `DigestRequest`. */
export const duckDigest: DigestDialect = {
  byteLength,
  canonicalText,
  number: (digest) => `CAST('0x' || substr(${digest}, 1, 15) AS BIGINT)`,
  literal: quoteLiteral,
};

function byteLength(text: string): string {
  return `strlen(${text})`;
}

function canonicalText(expression: string, type: ColumnType): string {
  const value = `CAST(${expression} AS ${duckType(type)})`;
  switch (type.kind) {
    case "float32":
    case "float64":
      // Adding 0 makes 0 of -0.
      return `CASE WHEN isnan(${value}) THEN 'NaN' ELSE CAST(CAST(CAST(${value} AS DOUBLE) + 0.0::DOUBLE AS BIT) AS VARCHAR) END`;
    case "date":
      return `CASE WHEN isfinite(${value}) THEN CAST(${value} - DATE '1970-01-01' AS VARCHAR) ELSE CAST(${value} AS VARCHAR) END`;
    case "time":
      return `CAST(epoch_us(${value}) AS VARCHAR)`;
    case "datetime":
    case "timestamp":
      return `CASE WHEN isfinite(${value}) THEN CAST(epoch_us(${value}) AS VARCHAR) ELSE CAST(${value} AS VARCHAR) END`;
    case "binary":
      return `lower(hex(${value}))`;
    case "string":
    case "json":
      return `CAST(${expression} AS VARCHAR)`;
    case "list": {
      const item = fieldText({ byteLength }, canonicalText("sluice_item", type.item), type.item);
      return `array_to_string(list_transform(${value}, lambda sluice_item: ${item}), '')`;
    }
    default:
      return `CAST(${value} AS VARCHAR)`;
  }
}
