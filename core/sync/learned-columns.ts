import type { Column } from "../../sdk/schema/stream.js";
import { type Learned, newLearned } from "../nested/learned.js";
import type { KnownColumn } from "../schema/known-column.js";
import type { StreamState } from "./stream-state.js";

/** What earlier runs learned of nested data: its columns stay, even where this time no row has a value for one. */
export function learnedBefore(saved: StreamState | undefined): Learned {
  if (saved === undefined) return newLearned();
  const children = Object.entries(saved.children ?? {}).map(([name, columns]) => [name, columns.map(sourceColumn)]);
  return newLearned({
    own: [...saved.columns, ...(saved.nested ?? [])].map(sourceColumn),
    children: Object.fromEntries(children),
  });
}

/** Columns of nested data that the table does not have: what comes after them made others of them. */
export function learnedBeside(learned: Learned, columns: readonly KnownColumn[]): KnownColumn[] {
  const loaded = new Set(columns.map(({ path }) => path && JSON.stringify(path)));
  const others = learned
    .table()
    .columns()
    .filter(({ path }) => !loaded.has(JSON.stringify(path)));
  return others.map(({ name, ...facts }) => ({ ...facts, source: name, target: name }));
}

function sourceColumn({ source, type, nullable, path }: KnownColumn): Column {
  return { name: source, type, nullable, ...(path === undefined ? {} : { path }) };
}
