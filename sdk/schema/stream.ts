import type { ErrorRecord } from "../errors.js";
import type { ColumnType } from "./column-type.js";

/** One column of a stream. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
  /** Identity at the source that survives a rename (Postgres: table oid and attnum). */
  readonly id?: string;
  /**
   * The declared type in the source's own words, e.g. `{ system: "postgres", type: "varchar(44)" }`.
   * A destination of the same system may restore it; every other one goes by `type`.
   */
  readonly native?: { readonly system: string; readonly type: string };
  /** Of a column that was taken out of a json column on the way: the column and the keys that lead to its values. */
  readonly path?: readonly string[];
}

export type ReadMode = "full_refresh" | "incremental" | "cdc";
export type WriteMode = "append" | "overwrite" | "merge" | "scd2";

/** One table, file set or endpoint of a source, as `discover` finds it. */
export interface Stream {
  readonly name: string;
  readonly namespace?: string;
  readonly columns: readonly Column[];
  /**
   * The columns were found by looking at some of the values: there may be others, and one that was known and is not among
   * them is not gone.
   */
  readonly inferred?: boolean;
  /** Column names; empty where the source declares none. */
  readonly primaryKey: readonly string[];
  /** Columns that may serve as cursor, the best candidate first. */
  readonly cursorFields: readonly string[];
  readonly readModes: readonly ReadMode[];
  /** Rows by the source's own statistics, where it has any: for progress and plans, never for correctness. */
  readonly estimatedRows?: number;
  /** Bytes by the source's own statistics. */
  readonly estimatedBytes?: number;
}

/** What a source has. */
export interface Catalog {
  readonly streams: readonly Stream[];
  /** Streams that are there and that cannot be described now, and why: they stop no other. */
  readonly broken?: readonly BrokenStream[];
}

export interface BrokenStream {
  readonly name: string;
  readonly namespace?: string;
  readonly error: ErrorRecord;
}

/** A stream's name as people write it: `namespace.name`, or `name` where there is no namespace. */
export function streamId(stream: Pick<Stream, "name" | "namespace">): string {
  return stream.namespace === undefined ? stream.name : `${stream.namespace}.${stream.name}`;
}
