import { ConfigError } from "../../errors.js";
import { doubleQuoted } from "../double-quoted.js";

export const { quoteIdentifier, quoteTable } = doubleQuoted("postgres", "Postgres");

/**
 * A text as an SQL literal, whatever standard_conforming_strings says.
 * @throws ConfigError `postgres.text_invalid` for a text with a NUL, which Postgres cannot hold
 */
export function quoteLiteral(text: string): string {
  if (text.includes("\0")) {
    throw new ConfigError("postgres.text_invalid", "a text with a NUL cannot be a value in Postgres", {
      hint: "remove the NUL character",
    });
  }
  const quoted = `'${text.replaceAll("'", "''").replaceAll("\\", "\\\\")}'`;
  return text.includes("\\") ? ` E${quoted}` : quoted;
}
