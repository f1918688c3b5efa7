import type { Column, ColumnType } from "../../sdk/index.js";
import { quoteIdentifier, quoteLiteral } from "../../sdk/sql/duckdb/identifiers.js";
import { timestampText, wallClock } from "./exact-text.js";

/**
 * A row as one line of JSON, in DuckDB's SQL. DuckDB's own JSON writer rounds the numbers inside json values and
 * writes NaN bare; this one keeps every digit:
 *
 * - numbers as numbers, but a decimal of more than 15 digits as a string: most readers of JSON would round it;
 * - NaN and the infinities as strings; timestamps in ISO 8601 (`…Z`), years before 1 and after 9999 as DuckDB prints them;
 * - binary in Base64; json as it is, its line breaks turned to spaces.
 */
export function jsonLine(columns: readonly Column[]): string {
  const members = columns.map(({ name, type }, at) => {
    const key = `${at === 0 ? "{" : ","}${JSON.stringify(name)}:`;
    return `${quoteLiteral(key)}, coalesce(${jsonText(type, quoteIdentifier(name))}, 'null')`;
  });
  // One call: a chain of || would copy the growing line for every member.
  return `concat(${members.join(", ")}, '}')`;
}

/** The JSON text of a value, in DuckDB's SQL; NULL for NULL. */
export function jsonText(type: ColumnType, value: string): string {
  switch (type.kind) {
    case "boolean":
    case "int16":
    case "int32":
    case "int64":
      return `CAST(${value} AS VARCHAR)`;
    case "float32":
    case "float64":
      return `CASE WHEN isfinite(${value}) THEN CAST(${value} AS VARCHAR) WHEN isnan(${value}) THEN '"NaN"' WHEN ${value} > 0 THEN '"Infinity"' WHEN ${value} < 0 THEN '"-Infinity"' END`;
    case "decimal": {
      // DuckDB prints decimal(2,2) without the zero before the point.
      const digits = `CAST(${value} AS VARCHAR)`;
      const text = type.precision > type.scale ? digits : `regexp_replace(${digits}, '^(-?)\\.', '\\10.')`;
      if (type.precision <= 15) return text;
      return `CASE WHEN abs(${value}) < ${powerOfTen(15 - type.scale)} THEN ${text} ELSE ${quoted(text)} END`;
    }
    case "string":
      return `CAST(to_json(${value}) AS VARCHAR)`;
    case "json":
      return oneLine(`CAST(${value} AS VARCHAR)`);
    case "binary":
      return quoted(`to_base64(${value})`);
    case "date":
    case "time":
    case "uuid":
      return quoted(`CAST(${value} AS VARCHAR)`);
    case "timestamp":
      return quoted(isoText(wallClock(value), value, "Z", timestampText(value)));
    case "datetime":
      return quoted(isoText(value, value, "", `CAST(${value} AS VARCHAR)`));
    case "list":
      return `'[' || array_to_string(list_transform(${value}, lambda x: coalesce(${jsonText(type.item, "x")}, 'null')), ',') || ']'`;
  }
}

function isoText(clock: string, value: string, zone: string, otherwise: string): string {
  const ordinary = `isfinite(${value}) AND year(${clock}) BETWEEN 1 AND 9999`;
  return `CASE WHEN ${ordinary} THEN replace(CAST(${clock} AS VARCHAR), ' ', 'T') || '${zone}' ELSE ${otherwise} END`;
}

/** A line break in a JSON text stands between its parts, never inside a string. */
function oneLine(text: string): string {
  const broken = `contains(${text}, chr(10)) OR contains(${text}, chr(13))`;
  return `CASE WHEN ${broken} THEN translate(${text}, chr(10) || chr(13), '  ') ELSE ${text} END`;
}

/** `1000` or `0.001`. */
function powerOfTen(exponent: number): string {
  return exponent < 0 ? `0.${"1".padStart(-exponent, "0")}` : `1${"0".repeat(exponent)}`;
}

const quoted = (text: string) => `'"' || ${text} || '"'`;
