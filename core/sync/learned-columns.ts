import type { Column } from "../../sdk/schema/stream.js";
import { type Learned, newLearned } from "../nested/learned.js";
import type { KnownColumn } from "../schema/known-column.js";
import type { PreparedRows } from "../transform/prepare-rows.js";
import type { StreamState } from "./stream-state.js";

/** What earlier runs learned of columns that steps make: they stay, even where this time no row has a value for one. */
export function learnedBefore(saved: StreamState | undefined): Learned {
  if (saved === undefined) return newLearned();
  const children = Object.entries(saved.children ?? {}).map(([name, columns]) => [name, columns.map(sourceColumn)]);
  const learned = newLearned({
    own: [...saved.columns, ...(saved.nested ?? [])].map(sourceColumn),
    children: Object.fromEntries(children),
  });
  learned.made = saved.columns.filter(({ source }) => saved.made?.includes(source)).map(sourceColumn);
  return learned;
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

/** The names of a table's columns that a function made, now or earlier. */
export function madeColumns(
  { before }: Pick<PreparedRows, "before">,
  columns: readonly KnownColumn[],
  earlier: readonly string[] = [],
): string[] {
  const made = new Set([...earlier, ...(before?.step.made ?? [])]);
  return columns.flatMap(({ source, path }) => (made.has(source) && path === undefined ? [source] : []));
}

function sourceColumn({ source, type, nullable, path }: KnownColumn): Column {
  return { name: source, type, nullable, ...(path === undefined ? {} : { path }) };
}
