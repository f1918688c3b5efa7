import type { BucketDigest, RowDigest } from "../../sdk/digest.js";
import type { ColumnType } from "../../sdk/schema/column-type.js";
import { isGreater } from "./canonical-order.js";

/** One end of a comparison: digests of the same rows, by the same names and types. */
export interface Side {
  buckets(digits: number): Promise<BucketDigest[]>;
  rows(digits: number, buckets: readonly string[]): Promise<RowDigest[]>;
  /** Drops what the side was made of. */
  close?(): Promise<void>;
}

export interface CompareOptions {
  readonly source: Side;
  readonly target: Side;
  /** The type of the stream's cursor, where it is read by one. */
  readonly cursor?: ColumnType;
  /** Whether the target keeps every version of a row: then one that is as at the source is enough. */
  readonly keepsVersions: boolean;
  /** Told each key that is not the same. */
  onDifference(difference: Difference): void;
}

/**
 * How a key's rows are not the same: `missing` at the target, `extra` at the target, `different` in a value, or `pending`:
 * the source changed the row after what the last sync read.
 */
export interface Difference {
  readonly kind: "missing" | "extra" | "different" | "pending";
  /** Canonical texts. */
  readonly key: readonly (string | null)[];
}

export interface Comparison {
  readonly sourceRows: number;
  readonly targetRows: number;
  readonly counts: Readonly<Record<Difference["kind"], number>>;
}

/** 4,096 buckets: of 100 M rows, one has 25,000. */
const digits = 3;
/** Rows that are looked at one by one at a time, on each side. */
const rowsAtOnce = 100_000;

/**
 * Compares two sides: first the digests of all buckets, then row by row in those that differ. Memory is bounded by the
 * rows of a few buckets, however large the tables.
 */
export async function compare(options: CompareOptions): Promise<Comparison> {
  const { source, target } = options;
  const [left, right] = await Promise.all([source.buckets(digits), target.buckets(digits)]);
  const counts = { missing: 0, extra: 0, different: 0, pending: 0 };
  const synced = options.cursor === undefined ? null : greatest(right, options.cursor);
  for (const buckets of groups(left, right)) {
    const [ours, theirs] = await Promise.all([source.rows(digits, buckets), target.rows(digits, buckets)]);
    for (const difference of differences(ours, theirs, { ...options, synced })) {
      counts[difference.kind]++;
      options.onDifference(difference);
    }
  }
  return { sourceRows: rowsOf(left), targetRows: rowsOf(right), counts };
}

function rowsOf(buckets: readonly BucketDigest[]): number {
  return buckets.reduce((sum, { rows }) => sum + rows, 0);
}

function greatest(buckets: readonly BucketDigest[], type: ColumnType): string | null {
  return buckets.reduce<string | null>(
    (most, { cursor }) => (cursor !== null && (most === null || isGreater(cursor, most, type)) ? cursor : most),
    null,
  );
}

/** The names of buckets that differ, in groups of not too many rows. */
function* groups(left: readonly BucketDigest[], right: readonly BucketDigest[]): Generator<string[]> {
  const others = new Map(right.map((bucket) => [bucket.bucket, bucket]));
  const unlike: { bucket: string; rows: number }[] = [];
  for (const { bucket, rows, digest } of left) {
    const other = others.get(bucket);
    others.delete(bucket);
    if (other?.rows !== rows || other.digest !== digest) {
      unlike.push({ bucket, rows: Math.max(rows, other?.rows ?? 0) });
    }
  }
  unlike.push(...others.values());
  let group: string[] = [];
  let size = 0;
  for (const { bucket, rows } of unlike) {
    if (group.length > 0 && size + rows > rowsAtOnce) {
      yield group;
      [group, size] = [[], 0];
    }
    group.push(bucket);
    size += rows;
  }
  if (group.length > 0) yield group;
}

interface Rules extends Pick<CompareOptions, "cursor" | "keepsVersions"> {
  /** The greatest cursor at the target. */
  readonly synced: string | null;
}

function* differences(
  ours: readonly RowDigest[],
  theirs: readonly RowDigest[],
  rules: Rules,
): Generator<Difference, void> {
  const [left, right] = [byKey(ours), byKey(theirs)];
  for (const [name, rows] of left) {
    const { key } = rows[0]!;
    const others = right.get(name);
    right.delete(name);
    if (others !== undefined && sameRows(rows, others, rules)) continue;
    const kind = isNews(rows, rules) ? "pending" : others === undefined ? "missing" : "different";
    yield { kind, key };
  }
  for (const rows of right.values()) yield { kind: "extra", key: rows[0]!.key };
}

function byKey(rows: readonly RowDigest[]): Map<string, RowDigest[]> {
  const keys = new Map<string, RowDigest[]>();
  for (const row of rows) {
    const name = JSON.stringify(row.key);
    const same = keys.get(name);
    if (same === undefined) keys.set(name, [row]);
    else same.push(row);
  }
  return keys;
}

function sameRows(rows: readonly RowDigest[], others: readonly RowDigest[], { keepsVersions }: Rules): boolean {
  const found = others.map(({ digest }) => digest);
  const every = rows.every(({ digest }) => {
    const at = found.indexOf(digest);
    if (at !== -1) found.splice(at, 1);
    return at !== -1;
  });
  return every && (keepsVersions || found.length === 0);
}

/** Whether the source's row is newer than everything at the target. */
function isNews(rows: readonly RowDigest[], { cursor: type, synced }: Rules): boolean {
  if (type === undefined) return false;
  return rows.some(({ cursor }) => cursor !== null && (synced === null || isGreater(cursor, synced, type)));
}
