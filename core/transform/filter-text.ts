import type { Predicate } from "../../sdk/source.js";
import { quoteIdentifier, quoteLiteral } from "../../sdk/sql/duckdb/identifiers.js";

/** Predicates as SQL, for people. */
export function filterText(predicates: readonly Predicate[]): string {
  return predicates.map(predicateText).join(" and ");
}

function predicateText({ column, operator, values }: Predicate): string {
  const name = /^[a-z_][a-z0-9_]*$/.test(column) ? column : quoteIdentifier(column);
  if (operator === "is_null") return `${name} is null`;
  if (operator === "is_not_null") return `${name} is not null`;
  const literals = values.map(quoteLiteral);
  return operator === "in" ? `${name} in (${literals.join(", ")})` : `${name} ${operator} ${literals[0]}`;
}
