import type { z } from "zod";
import type { Row } from "../batch/pack.js";
import type { Log } from "../context.js";
import type { Http } from "../http/http.js";
import type { JsonObject } from "../json.js";
import type { ReadMode } from "../schema/stream.js";
import type { ReadRequest } from "../source.js";
import type { Checkpoint } from "./checkpoint.js";

/** A stream as its author writes it: a generator of rows, and what is known of them. */
export interface RowStream<Config = unknown> {
  readonly namespace?: string;
  /** The columns whose values together name a row. */
  readonly primaryKey?: readonly string[];
  /** The column whose order says what is new. With it, or with `incremental`, the stream may be read incrementally. */
  readonly cursorField?: string;
  /** What is new is found by other means than a column: a token that the server gives. */
  readonly incremental?: boolean;
  /**
   * What is known of the columns. A record of type names (`{ id: "int64", created: "timestamp" }`) fixes these and leaves
   * every other to be inferred from all its values. A zod object fixes them all: a key that it does not have is left out,
   * an error where the object is strict, inferred where it is loose. Types are worth declaring for the key and the
   * cursor, so that a stream without rows has them, and for times: text is never taken for a time by its form.
   */
  readonly columns?: Readonly<Record<string, string>> | z.ZodObject;
  /**
   * Yields rows, singly or in pages, and checkpoints. After a checkpoint `state` is what it was given, in another read;
   * undefined: from the beginning. Rows of a page must be plain objects and belong to the SDK once yielded. Thrown errors
   * end the read; what came before the last checkpoint may have been committed.
   */
  read(reading: Reading<Config>): AsyncIterable<Row | readonly Row[] | Checkpoint>;
}

/** What a read is given. */
export interface Reading<Config = unknown> {
  readonly http: Http;
  readonly config: Config;
  /** As the last checkpoint had it; undefined: read from the beginning. */
  readonly state: JsonObject | undefined;
  readonly mode: ReadMode;
  /** Read again this far before the saved position; milliseconds for times, a number for numbers. */
  readonly lookback: number | undefined;
  /** Whether rows that come again are merged by key, or each must come once: the SDK sees to that at the last checkpoint. */
  readonly rereads: ReadRequest["rereads"];
  readonly log: Log;
  /** Aborted when the read is no longer wanted; requests of `http` end by themselves. */
  readonly signal: AbortSignal;
}
