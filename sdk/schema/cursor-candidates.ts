import type { Column } from "./stream.js";

const changeName = /updat|modif|chang|edit/i;
const times = new Set(["timestamp", "datetime", "date"]);
const numbers = new Set(["int16", "int32", "int64"]);

/** Columns that may say what is new, the best first: times of change, other times, then a single integer key. */
export function cursorCandidates(columns: readonly Column[], primaryKey: readonly string[]): string[] {
  const rank = ({ name, type }: Column): number => {
    if (times.has(type.kind)) return (changeName.test(name) ? 0 : 2) + (type.kind === "date" ? 1 : 0);
    return numbers.has(type.kind) && primaryKey.length === 1 && primaryKey[0] === name ? 4 : 5;
  };
  return columns
    .filter((column) => rank(column) < 5)
    .sort((a, b) => rank(a) - rank(b))
    .map(({ name }) => name);
}
