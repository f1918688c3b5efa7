import { ConfigError } from "../../errors.js";

/**
 * A name as an SQL identifier of DuckDB: the only function that puts a name into a statement.
 * @throws ConfigError `duckdb.name_invalid` for an empty name or one with a NUL, which DuckDB cannot hold
 */
export function quoteIdentifier(name: string): string {
  if (name === "" || name.includes("\0")) {
    throw new ConfigError("duckdb.name_invalid", `${JSON.stringify(name)} cannot be a name in DuckDB`, {
      hint: "a name has at least one character and no NUL",
    });
  }
  return `"${name.replaceAll('"', '""')}"`;
}

/** `"schema"."table"`, or `"table"` where there is no schema. */
export function quoteTable(table: { readonly schema?: string | undefined; readonly name: string }): string {
  const name = quoteIdentifier(table.name);
  return table.schema === undefined ? name : `${quoteIdentifier(table.schema)}.${name}`;
}

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
