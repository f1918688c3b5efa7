import { ConfigError } from "../../errors.js";
import { doubleQuoted } from "../double-quoted.js";

export const { quoteIdentifier, quoteTable } = doubleQuoted("duckdb", "DuckDB");

/**
 * A text as an SQL literal.
 * @throws ConfigError `duckdb.text_invalid` for a text with a NUL: a statement ends there (bind it as a parameter instead)
 */
export function quoteLiteral(text: string): string {
  if (text.includes("\0")) {
    throw new ConfigError("duckdb.text_invalid", "a text with a NUL cannot stand in a statement", {
      hint: "remove the NUL character",
    });
  }
  return `'${text.replaceAll("'", "''")}'`;
}
