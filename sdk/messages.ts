import type { Batch } from "./batch/batch.js";
import type { Json } from "./json.js";
import type { Column } from "./schema/stream.js";

/** What a source says while one stream is read, in order. */
export type Message = SchemaMessage | BatchMessage | EncodedMessage | ScanMessage | CheckpointMessage;

/** The stream's columns have changed: what follows has these. */
export interface SchemaMessage {
  readonly type: "schema";
  readonly columns: readonly Column[];
}

export interface BatchMessage {
  readonly type: "batch";
  readonly batch: Batch;
  /**
   * Where its rows are, as far as that is known at no cost: it is told of those that are rejected. One for each row where they
   * are from different places.
   */
  readonly origin?: BatchOrigin | readonly (RowOrigin | undefined)[];
}

/** The place of one row in the source. */
export interface RowOrigin {
  readonly file: string;
  /** Its number among the file's, from 1. */
  readonly row?: number;
}

/** A place in the source. */
export interface BatchOrigin {
  readonly file: string;
  /** The number of the batch's first row among the file's, from 1, where all of them come in their order. */
  readonly firstRow?: number;
}

/** Rows that nobody need decode, in place of a batch; only where `ReadRequest.encoding` invites them. */
export interface EncodedMessage {
  readonly type: "encoded";
  readonly rows: EncodedRows;
}

/** Rows that the embedded DuckDB can read by itself; only where `ReadRequest.scans` invites it. */
export interface ScanMessage {
  readonly type: "scan";
  readonly scan: Scan;
}

/**
 * Covers everything before it: once a destination has committed `state` with those rows, a read that is given `state`
 * goes on after them. An offer; the engine decides when to commit.
 */
export interface CheckpointMessage {
  readonly type: "checkpoint";
  readonly state: Json;
}

/**
 * Rows as one system writes them and another of its kind reads them. Their values cannot be seen, so they only come where
 * nothing is to be done to one: no cast, no transform, no rule. Bounded in bytes like a batch, and a plain record too.
 */
export interface EncodedRows {
  /** Says what the bytes of a row mean, type by type: ends that name the same encoding agree on every byte. */
  readonly encoding: string;
  readonly columns: readonly Column[];
  /** As the source counted them. */
  readonly rows: number;
  /** The rows, one behind the other; it lies alone in its buffer. */
  readonly data: Uint8Array;
}

/** A relation in DuckDB's SQL, to be run inside a destination that has DuckDB: no row passes through JavaScript. */
export interface Scan {
  /** A SELECT whose columns are `columns`, in order, by name and type. It raises an error rather than change a value. */
  readonly sql: string;
  readonly columns: readonly Column[];
  /** Where the rows are from, for messages: a path or a table. */
  readonly origin: string;
  /** Statements to run once on the connection before `sql`, e.g. ATTACH; `undo` reverses them. */
  readonly setup?: readonly string[];
  readonly undo?: readonly string[];
  /** Bytes to be read, for progress. */
  readonly bytes?: number;
}
