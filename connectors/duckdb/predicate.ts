import type { Column, ColumnType, Predicate } from "../../sdk/index.js";
import { quoteLiteral } from "../../sdk/sql/duckdb/identifiers.js";
import { duckType } from "../../sdk/sql/duckdb/types.js";

/** A predicate in SQL over an expression of the column's logical type. */
export function predicateSql(expression: string, { type }: Column, { operator, values }: Predicate): string {
  const literals = values.map((value) => literal(value, type));
  switch (operator) {
    case "is_null":
      return `${expression} IS NULL`;
    case "is_not_null":
      return `${expression} IS NOT NULL`;
    case "in":
      return literals.length === 0 ? "false" : `${expression} IN (${literals.join(", ")})`;
    default:
      return `${expression} ${operator} ${literals[0]}`;
  }
}

/** A value's canonical text as an SQL literal of its type. */
export function literal(text: string, type: ColumnType): string {
  if (type.kind === "string") return quoteText(text);
  if (type.kind === "binary") return `unhex(${quoteLiteral(text.replace(/^\\x/, ""))})`;
  if (type.kind === "list") return `CAST(CAST(${quoteText(text)} AS JSON) AS ${duckType(type)})`;
  // DuckDB writes the era after the date, in parentheses, and reads anything else as our era.
  const era = /^(\S+)(.*) BC$/.exec(text);
  const known = era === null ? text : `${era[1]} (BC)${era[2]}`;
  return `CAST(${quoteText(known)} AS ${duckType(type)})`;
}

/** A statement ends at a NUL, so such a text is put together. */
function quoteText(text: string): string {
  return text.includes("\0") ? `(${text.split("\0").map(quoteLiteral).join(" || chr(0) || ")})` : quoteLiteral(text);
}
