import { takeRows } from "../../sdk/batch/take-rows.js";
import type { Vector } from "../../sdk/batch/vector.js";
import type { Column } from "../../sdk/schema/stream.js";

/** What the rows of a batch hold for one child table. */
export interface ChildRows {
  /** For each row the number of the row it belongs to, ascending. */
  readonly parents: Int32Array;
  /** Places in the lists on the way, the outermost first; the last is that in the list of this table. */
  readonly positions: readonly Int32Array[];
  /** The elements' own. */
  readonly columns: readonly Column[];
  readonly vectors: readonly Vector[];
}

/** By `ChildTarget.name`. */
export type ChildrenOfRows = ReadonlyMap<string, ChildRows>;

/** The children under the numbers that their rows have now; those whose row has none are left out. */
export function renumberParents(
  children: ChildrenOfRows,
  numberOf: (parent: number) => number | undefined,
): ChildrenOfRows {
  return new Map([...children].map(([name, rows]) => [name, renumbered(rows, numberOf)]));
}

function renumbered(rows: ChildRows, numberOf: (parent: number) => number | undefined): ChildRows {
  const parents: number[] = [];
  const kept: number[] = [];
  for (const [at, parent] of rows.parents.entries()) {
    const number = numberOf(parent);
    if (number === undefined) continue;
    parents.push(number);
    kept.push(at);
  }
  if (kept.length === rows.parents.length) return { ...rows, parents: Int32Array.from(parents) };
  return { ...takeChildRows(rows, Int32Array.from(kept)), parents: Int32Array.from(parents) };
}

/** Some of the rows, by their numbers. */
export function takeChildRows(rows: ChildRows, taken: Int32Array): ChildRows {
  return {
    parents: taken.map((at) => rows.parents[at]!),
    positions: rows.positions.map((places) => taken.map((at) => places[at]!)),
    columns: rows.columns,
    vectors: rows.vectors.map((vector) => takeRows(vector, taken)),
  };
}
