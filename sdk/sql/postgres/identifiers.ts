import { ConfigError } from "../../errors.js";

/**
 * A name as an SQL identifier of Postgres: the only function that puts a name into a statement.
 * @throws ConfigError `postgres.name_invalid` for an empty name or one with a NUL, which Postgres cannot hold
 */
export function quoteIdentifier(name: string): string {
  if (name === "" || name.includes("\0")) {
    throw new ConfigError("postgres.name_invalid", `${JSON.stringify(name)} cannot be a name in Postgres`, {
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
