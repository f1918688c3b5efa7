import type { Column } from "./schema/stream.js";

/**
 * What two systems compute alike, so that tables are compared without moving their rows.
 *
 * A value's text is the canonical one of its column's logical type (below). A row's text has for each column in order `~` for
 * null or else that text, then a comma; before a string, json or list stand its length in bytes and a colon. A row's digest
 * is the MD5 of its text. The rows of a bucket are those whose key's digest (`bucketBy`) begins with the same hexadecimal digits; a
 * bucket's digest is the sum, as a number, of the first 15 hexadecimal digits of its rows' digests: their order does not
 * matter.
 *
 * Canonical texts: `true`/`false`; integers and decimals with the type's scale in digits; floats as the 64 bits of their
 * double (`-0` as `0`), or `NaN`; times as microseconds since midnight, dates as days and timestamps as microseconds since
 * 1970 (`infinity`, `-infinity`); uuids in lower case; bytes in lower-case hexadecimal; strings and json as they are; a
 * list as the row text of its items.
 *
 * MD5 is chosen since every database has it: it finds differences, and guards against nobody.
 */
export interface DigestRequest {
  /** What says which row it is, compared as these types; columns by the system's own names. */
  readonly key: readonly Column[];
  /** What is compared, the key included. */
  readonly columns: readonly Column[];
  /** The stream's cursor: its greatest value is told of each bucket, and its value of each row. */
  readonly cursor?: Column;
  /** How many of the key's columns, the first ones, say which bucket a row is in; all where absent. */
  readonly bucketBy?: number;
  /** How many hexadecimal digits a bucket's name has: 0 (everything is one bucket) to 8. */
  readonly digits: number;
  /** Only these buckets; all where absent. */
  readonly buckets?: readonly string[];
}

export interface BucketDigest {
  readonly bucket: string;
  readonly rows: number;
  /** Decimal digits. */
  readonly digest: string;
  /** Canonical text of the greatest cursor; null where there is none. */
  readonly cursor: string | null;
}

export interface RowDigest {
  /** The canonical texts of the key, null for a null. */
  readonly key: readonly (string | null)[];
  readonly digest: string;
  /** Canonical text of the row's cursor. */
  readonly cursor: string | null;
}

/** What a system offers that can digest its own rows. */
export interface Digests<Request extends DigestRequest> {
  /** The buckets that have rows. */
  buckets(request: Request): Promise<BucketDigest[]>;
  /** Every row of the buckets asked for. */
  rows(request: Request): Promise<RowDigest[]>;
}
