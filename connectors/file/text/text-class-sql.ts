import { quoteLiteral } from "../../../sdk/sql/duckdb/identifiers.js";
import { textClass } from "./text-evidence.js";

const digits = "(?:0|[1-9][0-9]*)";
/** No plus, no leading zero, at least one digit: `007` and `+49` are codes, not numbers. */
const decimalPattern = `-?(?:${digits}(?:\\.[0-9]+)?|\\.[0-9]+)`;
const floatPattern = `${decimalPattern}(?:[eE][+-]?[0-9]+)?`;
const zeroPattern = "-0*(?:\\.0+)?";
const datePattern = "[0-9]{4}-[0-9]{2}-[0-9]{2}";
const clockPattern = "(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\\.[0-9]{1,6})?)?";
const datetimePattern = `${datePattern}[ T]${clockPattern}`;
const timestampPattern = `${datetimePattern} ?(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)`;

function isMatch(text: string, pattern: string): string {
  return `regexp_full_match(${text}, ${quoteLiteral(pattern)})`;
}

/** Conditions under which a text (a DuckDB expression of type VARCHAR) is one of the classes; NULL is in none. */
export const isText = {
  boolean: (text: string) => `${text} IN ('true', 'false', 'True', 'False', 'TRUE', 'FALSE')`,
  /** Every int64 as DuckDB prints it. */
  integer: (text: string) => `CAST(TRY_CAST(${text} AS BIGINT) AS VARCHAR) = ${text}`,
  /** Any length; minus zero is none, since a decimal has no signed zero. */
  decimal: (text: string) => `(${isMatch(text, decimalPattern)} AND NOT ${isMatch(text, zeroPattern)})`,
  float: (text: string) => `(${isMatch(text, floatPattern)} AND isfinite(TRY_CAST(${text} AS DOUBLE)))`,
  date: (text: string) => `(strlen(${text}) = 10 AND CAST(TRY_CAST(${text} AS DATE) AS VARCHAR) = ${text})`,
  datetime: (text: string) => `(${isMatch(text, datetimePattern)} AND TRY_CAST(${text} AS TIMESTAMP) IS NOT NULL)`,
  timestamp: (text: string) => `(${isMatch(text, timestampPattern)} AND TRY_CAST(${text} AS TIMESTAMPTZ) IS NOT NULL)`,
} as const;

/** The class of a text as an integer expression; 0 for NULL. Every class but booleans and strings begins with `-`, `.` or a digit. */
export function textClassSql(text: string): string {
  return `CASE WHEN ${text} IS NULL THEN 0
    WHEN NOT (${text} >= '-' AND ${text} < ':') THEN CASE WHEN ${isText.boolean(text)} THEN ${textClass.boolean} ELSE ${textClass.string} END
    WHEN ${isText.integer(text)} THEN ${textClass.integer}
    WHEN ${isText.decimal(text)} THEN CASE WHEN ${isPrintedFloat(text)} THEN ${textClass.printedFloat} ELSE ${textClass.decimal} END
    WHEN ${isText.float(text)} THEN ${textClass.float}
    WHEN ${isText.date(text)} THEN ${textClass.date}
    WHEN ${isText.datetime(text)} THEN ${textClass.datetime}
    WHEN ${isText.timestamp(text)} THEN ${textClass.timestamp}
    ELSE ${textClass.string} END`;
}

/** More digits than a decimal has that somebody wrote, and a float64 that prints them. */
function isPrintedFloat(text: string): string {
  const isLong = `strlen(${text}) > 16 AND ${scaleSql(text)} >= 8 AND strlen(${significantDigits(text)}) > 15`;
  return `(${isLong} AND ${floatExactSql(text)})`;
}

/** Digits before the decimal point of a plain number, without leading zeros. */
export function integerDigitsSql(text: string): string {
  return `strlen(ltrim(split_part(ltrim(${text}, '-'), '.', 1), '0'))`;
}

/** Digits after the decimal point of a plain number. */
export function scaleSql(text: string): string {
  return `strlen(split_part(${text}, '.', 2))`;
}

/**
 * Whether the float64 nearest to a number prints the same digits. The nearest float64 has the number's magnitude, so
 * that comparing the significant digits is enough; 15 of them always survive.
 */
export function floatExactSql(text: string): string {
  const plain = `(strlen(${text}) <= 15 AND NOT contains(lower(${text}), 'e'))`;
  const printed = `CAST(CAST(${text} AS DOUBLE) AS VARCHAR)`;
  return `(${plain} OR ${significantDigits(text)} = ${significantDigits(printed)})`;
}

function significantDigits(text: string): string {
  return `trim(translate(regexp_replace(${text}, '[eE].*$', ''), '-.', ''), '0')`;
}
