import { createHash } from "node:crypto";
import { type Comparable, comparableOf, compare } from "../batch/comparable.js";
import { exactText } from "../batch/exact-value.js";
import { jsonPieces } from "../batch/json-text.js";
import type { Row } from "../batch/pack.js";
import type { Json } from "../json.js";
import type { Column } from "../schema/stream.js";

/** The rows that had the greatest cursor so far: programs read from a bookmark on, that value included. */
export interface BoundaryRows {
  /** Whether a row was already given by an earlier read. */
  isKnown(row: Row): boolean;
  /** Notes a row that is given. */
  note(row: Row): void;
  /** To be kept in the state. */
  state(): Json;
}

interface SavedBoundary {
  readonly cursor: string;
  readonly rows: readonly string[];
}

/** Recognises, by their content, the rows at the boundary that a saved state tells of. */
export function boundaryRows(column: Column, state: Json | undefined): BoundaryRows {
  const saved = state as unknown as SavedBoundary | undefined;
  const known = new Set(saved?.rows);
  const cursorOf = (row: Row) => comparableOf(row[column.name], column);
  let greatest: Comparable | undefined = saved === undefined ? undefined : comparableOf(saved.cursor, column);
  let text = saved?.cursor;
  let rows = new Set(saved?.rows);
  return {
    isKnown: (row) => known.size > 0 && known.has(digest(row)),
    note(row) {
      const cursor = cursorOf(row);
      if (cursor === undefined) return;
      const order = greatest === undefined ? 1 : compare(cursor, greatest);
      if (order < 0) return;
      if (order > 0) rows = new Set();
      greatest = cursor;
      text = exactText(row[column.name]);
      rows.add(digest(row));
    },
    state: () => (text === undefined ? null : { cursor: text, rows: [...rows] }),
  };
}

function digest(row: Row): string {
  const members = Object.keys(row)
    .sort()
    .map((key) => [key, row[key]]);
  const hash = createHash("sha256");
  jsonPieces(members, (piece) => hash.update(piece));
  return hash.digest("base64").slice(0, 16);
}
