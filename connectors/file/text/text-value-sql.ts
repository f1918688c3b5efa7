import { type ColumnType, formatType, SystemError } from "../../../sdk/index.js";
import { mismatchSql } from "../../../sdk/sql/duckdb/scan-errors.js";
import { duckType } from "../../../sdk/sql/duckdb/types.js";
import { floatExactSql, integerDigitsSql, isText, scaleSql } from "./text-class-sql.js";

/**
 * A text as a value of a type, as a DuckDB expression: NULL stays NULL, and a text that is not exactly such a value
 * raises the error that `scanError` turns into `type.mismatch`. Texts in the form DuckDB prints itself, nearly all, cost
 * a cast and a comparison; only the others are looked at closely.
 */
export function textValueSql(text: string, type: ColumnType, column: string): string {
  // One expression for the comparison and the value, so that DuckDB computes it once; no accepted text makes it NULL.
  const value = `TRY_CAST(${text} AS ${duckType(type)})`;
  const accepted = acceptedForms(text, value, type);
  if (accepted === undefined) return text;
  const cases = accepted.map((condition) => `WHEN ${condition} THEN ${value}`).join(" ");
  return `CASE ${cases} ELSE CAST(${mismatchSql({ column, type: formatType(type), text })} AS ${duckType(type)}) END`;
}

/** The same of a text that is checked elsewhere: only what has no value of the type at all raises the error. */
export function castTextSql(text: string, type: ColumnType, column: string): string {
  const target = duckType(type);
  if (type.kind === "string") return text;
  return `coalesce(TRY_CAST(${text} AS ${target}), CAST(${mismatchSql({ column, type: formatType(type), text })} AS ${target}))`;
}

/** A column that showed nothing but NULL: its type is open, and the first value decides that all must be looked at. */
export function onlyNullSql(text: string, column: string): string {
  return `CASE WHEN ${text} IS NULL THEN NULL ELSE CAST(${mismatchSql({ column, type: "null", text })} AS VARCHAR) END`;
}

function acceptedForms(text: string, value: string, type: ColumnType): readonly string[] | undefined {
  const printed = `CAST(${value} AS VARCHAR) = ${text}`;
  switch (type.kind) {
    case "string":
      return undefined;
    case "boolean":
      return [isText.boolean(text)];
    case "int64":
      return [printed];
    case "decimal": {
      const fits = `${scaleSql(text)} <= ${type.scale} AND ${integerDigitsSql(text)} <= ${type.precision - type.scale}`;
      return [printed, `${isText.decimal(text)} AND ${fits}`];
    }
    case "float64":
      return [`${isText.float(text)} AND ${floatExactSql(text)}`];
    case "date":
      return [isText.date(text)];
    case "datetime":
      return [`(strlen(${text}) = 19 AND ${printed})`, isText.datetime(text), isText.date(text)];
    case "timestamp":
      return [isText.timestamp(text)];
    default:
      throw new SystemError("file.text_type", `text is never read as ${formatType(type)}`);
  }
}
