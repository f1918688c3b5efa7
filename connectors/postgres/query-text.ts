/** A configured query as it may stand in parentheses: without its semicolon, and with an end to its last comment. */
export function queryText(query: string): string {
  return `${query.replace(/[;\s]+$/, "")}\n`;
}
