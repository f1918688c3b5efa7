import { createHash } from "node:crypto";
import { jsonPieces } from "../batch/json-text.js";
import type { Row } from "../batch/pack.js";
import { type JsonRecords, memberValues } from "../json/json-records.js";
import { valuePieces } from "../json/value-pieces.js";
import type { Json, JsonObject } from "../json.js";
import { rawText } from "../raw-json.js";

/**
 * Remembers the rows that had the greatest cursor, by digests of their content, so that a read which goes on from there,
 * and is given them again because servers say "since" and mean it inclusively, knows what it has. A row that has changed
 * and kept its cursor is another row.
 */
export interface Boundary {
  /** Takes note of a row; returns whether it was given before. */
  isKnown(row: Row): boolean;
  /** The same for records that stand in JSON text: the positions of those that were given before. */
  known(records: JsonRecords): ReadonlySet<number>;
  /** Whether it is to look at some of these records once more. */
  remembers(records: JsonRecords): boolean;
  /** What to keep in the state. */
  state(): JsonObject | undefined;
}

interface SavedBoundary {
  readonly cursor: Json;
  readonly rows: readonly string[];
}

/** Short enough for many ties to fit a state, long enough never to meet by chance: 96 bits. */
const digestLength = 16;

/** Of a record that is longer its digest is made at once, so that its bytes need not be kept until they are asked for. */
const longBytes = 1024 * 1024;

export function openBoundary(cursorField: string, saved: Json | undefined): Boundary {
  const before = saved as SavedBoundary | undefined | null;
  const known = new Set(before?.rows);
  let greatest: Json | undefined = before?.cursor;
  let ties: (() => string)[] = [];
  let tied = new Set<JsonRecords>();
  let digests = new Set(before?.rows);

  function isKnown(value: unknown, digest: () => string, records?: JsonRecords, isLong = false): boolean {
    const cursor = cursorOf(value);
    if (cursor === undefined) return false;
    if (known.size > 0 && cursor === before?.cursor && known.has(digest())) return true;
    if (greatest === undefined || isGreater(cursor, greatest)) {
      greatest = cursor;
      ties = [];
      tied = new Set();
      digests = new Set();
    }
    if (cursor === greatest) {
      if (isLong) digests.add(digest());
      else ties.push(digest);
      if (records !== undefined && !isLong) tied.add(records);
    }
    return false;
  }

  return {
    isKnown: (row) => isKnown(row[cursorField], () => digestOf((put) => jsonPieces(row, put))),
    known(records) {
      const found = new Set<number>();
      for (const [i, value] of memberValues(records, cursorField).entries()) {
        const isLong = records.bounds[2 * i + 1]! - records.bounds[2 * i]! > longBytes;
        if (isKnown(value, () => recordDigest(records, i), records, isLong)) found.add(i);
      }
      return found;
    },
    remembers: (records) => tied.has(records),
    state() {
      for (const digest of ties) digests.add(digest());
      ties = [];
      tied = new Set();
      return greatest === undefined ? undefined : { cursor: greatest, rows: [...digests] };
    },
  };
}

function cursorOf(value: unknown): string | number | undefined {
  if (typeof value === "string" || typeof value === "number") return value;
  if (typeof value === "bigint") return String(value);
  return value instanceof Date ? value.toISOString() : rawText(value);
}

function isGreater(a: string | number, b: Json): boolean {
  return typeof a === typeof b ? a > (b as typeof a) : String(a) > String(b);
}

function recordDigest({ bytes, bounds }: JsonRecords, record: number): string {
  return digestOf((put) => valuePieces(bytes, bounds[2 * record]!, bounds[2 * record + 1]!, put));
}

/** Of a row's JSON text, however it comes. */
function digestOf(pieces: (put: (piece: string) => void) => void): string {
  const hash = createHash("sha256");
  pieces((piece) => hash.update(piece));
  return hash.digest("base64").slice(0, digestLength);
}
