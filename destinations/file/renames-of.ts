import { type Column, type Rename, renamesFirst, type SchemaChange } from "../../sdk/index.js";

/** The renames of a table with these columns that changes come to, one after the other. */
export function renamesOf(columns: readonly Column[], changes: readonly SchemaChange[]): Rename[] {
  let names = columns.map(({ name }) => name);
  return renamesFirst(changes).renames.filter(({ from, to }) => {
    const holds = names.includes(from) && !names.includes(to);
    if (holds) names = names.map((name) => (name === from ? to : name));
    return holds;
  });
}
