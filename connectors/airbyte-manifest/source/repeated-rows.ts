import { createHash } from "node:crypto";
import type { Json } from "../../../sdk/json.js";
import type { Cursor } from "../cursors/cursor.js";
import type { PyDict } from "../jinja/values/value.js";
import { pythonJson } from "../requests/python-json.js";
import type { Slice } from "../slices/slice.js";

/**
 * Knows the rows that a read from a saved state will be given again: those at each partition's cursor, and those within
 * its lookback. By their content, so that a row that has changed since is another one.
 */
export interface RepeatedRows {
  /** Whether a row was given before. */
  isKnown(record: PyDict, slice: Slice): boolean;
  /** Notes a row that is given. */
  note(record: PyDict, slice: Slice): void;
  /** To be kept in the state. */
  state(): Json;
}

/** Partition to digest to its place on the cursor's scale, as text. */
type Kept = Record<string, Record<string, string>>;

/** More rows than this at one place are no ties any more: what is beyond is given again. */
const mostKept = 50_000;

export function repeatedRows(cursor: Cursor, saved: Json | undefined): RepeatedRows {
  const known = (saved ?? {}) as Kept;
  const kept = new Map(Object.entries(known).map(([key, rows]) => [key, new Map(Object.entries(rows))]));
  const newest = new Map<string, bigint>();
  for (const [key, rows] of kept) for (const place of rows.values()) raise(key, BigInt(place));

  function raise(key: string, place: bigint): void {
    const best = newest.get(key);
    if (best === undefined || place > best) newest.set(key, place);
  }

  function prune(key: string): void {
    const rows = kept.get(key);
    const best = newest.get(key);
    if (rows === undefined || best === undefined) return;
    const least = cursor.rereadFrom(best);
    for (const [digest, place] of rows) if (BigInt(place) < least) rows.delete(digest);
    for (const digest of rows.keys()) {
      if (rows.size <= mostKept) break;
      rows.delete(digest);
    }
  }

  return {
    isKnown(record, slice) {
      const rows = known[partitionKey(slice)];
      return rows !== undefined && Object.hasOwn(rows, digestOf(record));
    },
    note(record, slice) {
      const place = cursor.placeOf(record);
      if (place === undefined) return;
      const key = partitionKey(slice);
      const best = newest.get(key);
      if (best !== undefined && place < cursor.rereadFrom(best)) return;
      raise(key, place);
      const rows = kept.get(key) ?? new Map<string, string>();
      kept.set(key, rows.set(digestOf(record), String(place)));
      if (rows.size > 2 * mostKept || rows.size % 4096 === 0) prune(key);
    },
    state() {
      for (const key of kept.keys()) prune(key);
      return Object.fromEntries([...kept].map(([key, rows]) => [key, Object.fromEntries(rows)]));
    },
  };
}

function partitionKey({ partition }: Slice): string {
  return partition.size === 0 ? "" : digestOf(partition);
}

function digestOf(value: PyDict): string {
  return createHash("sha256")
    .update(pythonJson(value, { sortedKeys: true }))
    .digest("base64")
    .slice(0, 16);
}
