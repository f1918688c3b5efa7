/*
 * Tables whose rows are so wide that DuckDB has to hold few of them at once: they stand a few to a row group. Which they are
 * says the comment of the schema's `_sluice_loads`.
 */

/** How such a comment begins. */
export const wideTablesPrefix = '{"wide_tables":';

/** The names in a comment; none where it is another one, or absent. */
export function wideTableNames(comment: unknown): string[] {
  if (typeof comment !== "string" || !comment.startsWith(wideTablesPrefix)) return [];
  return (JSON.parse(comment) as { wide_tables: string[] }).wide_tables;
}

/** The comment that names tables. */
export function wideTablesComment(names: readonly string[]): string {
  return `${wideTablesPrefix}${JSON.stringify(names)}}`;
}
