import { ConfigError } from "../errors.js";

/** How a dialect puts names into its statements: the only functions that do so. */
export interface NameQuoting {
  /**
   * A name as an identifier.
   * @throws ConfigError `<code>.name_invalid` for an empty name or one with a NUL, which no such database can hold
   */
  quoteIdentifier(name: string): string;
  /** `"schema"."table"`, or `"table"` where there is no schema. */
  quoteTable(table: { readonly schema?: string | undefined; readonly name: string }): string;
}

/**
 * Standard SQL's delimited identifiers (ISO/IEC 9075-2, 5.2): in double quotes, a double quote within doubled.
 * @param code area of the error code
 * @param title the database as people know it
 */
export function doubleQuoted(code: string, title: string): NameQuoting {
  return { quoteIdentifier, quoteTable };

  function quoteIdentifier(name: string): string {
    if (name === "" || name.includes("\0")) {
      throw new ConfigError(`${code}.name_invalid`, `${JSON.stringify(name)} cannot be a name in ${title}`, {
        hint: "a name has at least one character and no NUL",
      });
    }
    return `"${name.replaceAll('"', '""')}"`;
  }

  function quoteTable(table: { readonly schema?: string | undefined; readonly name: string }): string {
    const name = quoteIdentifier(table.name);
    return table.schema === undefined ? name : `${quoteIdentifier(table.schema)}.${name}`;
  }
}
