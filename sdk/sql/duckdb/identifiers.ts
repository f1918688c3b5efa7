import { ConfigError } from "../../errors.js";

/** A name as a quoted DuckDB identifier: the only way a name gets into DuckDB's SQL. */
export function quoteIdentifier(name: string): string {
  if (name.includes("\0")) throw new ConfigError("name.nul", "a name may not contain a NUL character");
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as a DuckDB string literal. */
export function quoteLiteral(text: string): string {
  if (text.includes("\0")) throw new ConfigError("text.nul", "a literal may not contain a NUL character");
  return `'${text.replaceAll("'", "''")}'`;
}
