import type { Column } from "../../sdk/schema/stream.js";
import type { KnownColumn } from "./known-column.js";

export interface ColumnMatch {
  /** For each column seen the one the table has for it. */
  readonly known: readonly (KnownColumn | undefined)[];
  /** Columns of the table that none of those seen is. */
  readonly gone: readonly KnownColumn[];
}

/**
 * Finds the columns again that a table was loaded with: by the source's identity, by a rename that somebody confirmed
 * (`renames`: old name to new), and by name.
 */
export function matchColumns(
  known: readonly KnownColumn[],
  seen: readonly Column[],
  renames: ReadonlyMap<string, string> = new Map(),
): ColumnMatch {
  const left = new Set(known);
  const take = (found: KnownColumn | undefined) => {
    if (found !== undefined) left.delete(found);
    return found;
  };
  const rounds: ((column: Column) => KnownColumn | undefined)[] = [
    ({ id }) => (id === undefined ? undefined : known.find((one) => one.id === id)),
    ({ name }) => known.find((one) => renames.get(one.source) === name),
    ({ name }) => known.find((one) => one.source === name && left.has(one)),
  ];
  const found = new Map<Column, KnownColumn>();
  for (const round of rounds) {
    for (const column of seen) {
      const match = found.has(column) ? undefined : round(column);
      if (match !== undefined && left.has(match)) found.set(column, take(match)!);
    }
  }
  return { known: seen.map((column) => found.get(column)), gone: known.filter((column) => left.has(column)) };
}

/** Whether a table was dropped and made anew: not one column has the identity it had. */
export function isRecreated(known: readonly KnownColumn[], seen: readonly Column[]): boolean {
  const before = new Set(known.flatMap(({ id }) => id ?? []));
  const now = seen.flatMap(({ id }) => id ?? []);
  return before.size > 0 && now.length > 0 && !now.some((id) => before.has(id));
}
