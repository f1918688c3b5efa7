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
  /** Whether a key is to name one row: then the source's rows of one that names several are told as `not_unique`. */
  readonly keyed?: boolean;
  /** Told each key that is not the same. */
  onDifference(difference: Difference): void;
}

/**
 * How a key's rows are not the same: `missing` at the target, `extra` at the target, `different` in a value, `pending`:
 * the source changed the row after what the last sync read, or `not_unique`: the source has several rows of the key, and
 * what the target has is as one of them.
 */
export interface Difference {
  readonly kind: "missing" | "extra" | "different" | "pending" | "not_unique";
  /** Canonical texts. */
  readonly key: readonly (string | null)[];
}

export interface Comparison {
  readonly sourceRows: number;
  readonly targetRows: number;
  readonly counts: Readonly<Counts>;
  /** The greatest cursor at the target, as canonical text: what the source changed later is pending. */
  readonly synced: string | null;
}

export type Counts = Record<Difference["kind"], number>;

export function noDifferences(): Counts {
  return { missing: 0, extra: 0, different: 0, pending: 0, not_unique: 0 };
}

/** 4,096 buckets: of 100 M rows, one has 25,000. */
export const digits = 3;
/** Rows that are looked at one by one at a time, on each side. */
const rowsAtOnce = 100_000;

/**
 * Compares two sides: first the digests of all buckets, then row by row in those that differ. Memory is bounded by the
 * rows of a few buckets, however large the tables.
 */
export async function compare(options: CompareOptions): Promise<Comparison> {
  const { source, target } = options;
  const [left, right] = await Promise.all([source.buckets(digits), target.buckets(digits)]);
  const counts = noDifferences();
  const synced = options.cursor === undefined ? null : greatest(right, options.cursor);
  for (const buckets of unlikeBuckets(left, right)) {
    const [ours, theirs] = await Promise.all([source.rows(digits, buckets), target.rows(digits, buckets)]);
    for (const difference of differences(ours, theirs, { ...options, synced })) {
      counts[difference.kind]++;
      options.onDifference(difference);
    }
  }
  return { sourceRows: rowsOf(left), targetRows: rowsOf(right), counts, synced };
}

export function rowsOf(buckets: readonly BucketDigest[]): number {
  return buckets.reduce((sum, { rows }) => sum + rows, 0);
}

function greatest(buckets: readonly BucketDigest[], type: ColumnType): string | null {
  return buckets.reduce<string | null>(
    (most, { cursor }) => (cursor !== null && (most === null || isGreater(cursor, most, type)) ? cursor : most),
    null,
  );
}

/** The names of buckets that differ, in groups of not too many rows. */
export function* unlikeBuckets(left: readonly BucketDigest[], right: readonly BucketDigest[]): Generator<string[]> {
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

export interface NewsRule extends Pick<CompareOptions, "cursor"> {
  /** The greatest cursor at the target. */
  readonly synced: string | null;
}

interface Rules extends NewsRule, Pick<CompareOptions, "keepsVersions" | "keyed"> {}

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
    yield { kind: kindOf(rows, others, rules), key };
  }
  for (const rows of right.values()) yield { kind: "extra", key: rows[0]!.key };
}

function kindOf(
  rows: readonly RowDigest[],
  others: readonly RowDigest[] | undefined,
  rules: Rules,
): Exclude<Difference["kind"], "extra"> {
  if (isNews(rows, rules)) return "pending";
  if (others === undefined) return "missing";
  return rules.keyed === true && rows.length > 1 && areAmong(others, rows) ? "not_unique" : "different";
}

/** Whether each of some rows is as one of others. */
export function areAmong(rows: readonly RowDigest[], others: readonly RowDigest[]): boolean {
  return rows.every(({ digest }) => others.some((other) => other.digest === digest));
}

export function byKey(rows: readonly RowDigest[]): Map<string, RowDigest[]> {
  const keys = new Map<string, RowDigest[]>();
  for (const row of rows) {
    const name = JSON.stringify(row.key);
    const same = keys.get(name);
    if (same === undefined) keys.set(name, [row]);
    else same.push(row);
  }
  return keys;
}

/** Whether the target has the source's rows, and no others but versions where it keeps them. */
export function sameRows(
  rows: readonly RowDigest[],
  others: readonly RowDigest[],
  { keepsVersions }: Pick<CompareOptions, "keepsVersions">,
): boolean {
  const found = others.map(({ digest }) => digest);
  const every = rows.every(({ digest }) => {
    const at = found.indexOf(digest);
    if (at !== -1) found.splice(at, 1);
    return at !== -1;
  });
  return every && (keepsVersions || found.length === 0);
}

/** Whether the source's row is newer than everything at the target. */
export function isNews(rows: readonly RowDigest[], { cursor: type, synced }: NewsRule): boolean {
  if (type === undefined) return false;
  return rows.some(({ cursor }) => cursor !== null && (synced === null || isGreater(cursor, synced, type)));
}
