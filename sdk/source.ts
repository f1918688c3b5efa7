import type { z } from "zod";
import type { BatchLimits } from "./batch/batch.js";
import type { SpareMemory } from "./batch/memory.js";
import type { ConnectorContext } from "./context.js";
import type { DigestRequest, Digests } from "./digest.js";
import type { Json } from "./json.js";
import type { Message } from "./messages.js";
import type { Catalog, ReadMode, Stream } from "./schema/stream.js";

/** A kind of source: an object literal. Its `config` is the one declaration of its settings. */
export interface Source<Config extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly title: string;
  readonly config: Config;
  /** What it has whatever its settings are; absent where that depends on them. For lists and reference pages. */
  readonly streams?: readonly FixedStream[];
  /**
   * Opens it; reaching the system may wait until `check`, `discover` or `read`.
   * @throws ConfigError for settings that cannot work
   */
  open(config: z.output<Config>, context: ConnectorContext): Promise<OpenSource>;
}

/** A stream that a kind of source always has. */
export type FixedStream = Pick<Stream, "name" | "namespace" | "primaryKey" | "cursorFields" | "readModes">;

/** An opened source. Several streams may be read at once; `close` comes last and once. */
export interface OpenSource {
  /**
   * Reaches the system and tries what a sync needs.
   * @throws ConfigError or TransientError that names what is missing and the fix
   */
  check(): Promise<void>;
  /** What there is. Columns, types and keys are as the system declares them; inferred only where it declares none. */
  discover(request?: DiscoverRequest): Promise<Catalog>;
  /**
   * Reads one stream. The last message is a checkpoint unless nothing at all is to be said.
   *
   * Nothing may be left out and, with `rereads: "forbidden"`, nothing given twice, over any sequence of reads each of
   * which starts from the state last committed; with `rereads: "merged"` a row may come again, never an older version
   * after a newer one. A value that its column's type cannot hold is a DataError naming stream, column and row.
   * The consumer ends a read early by returning the iterator; `signal` aborts it.
   */
  read(request: ReadRequest): AsyncIterable<Message>;
  /** After `state` was committed durably: only here may a source forget what it could give again (a CDC slot). */
  acknowledge?(stream: Stream, state: Json): Promise<void>;
  /** Digests computed by the system itself, where it can; what verifies and finds deleted rows without moving them. */
  readonly digests?: Digests<SourceDigestRequest>;
  close(): Promise<void>;
}

export interface DiscoverRequest {
  /** Only these streams, as `namespace.name` with `*` for any characters; everything where absent. */
  readonly streams?: readonly string[];
  readonly inference?: Inference;
}

/**
 * How types are found where a source declares none: `optimistic` may judge by a part of the values if the read then
 * checks every value and fails with the DataError `type.mismatch`; `exhaustive` looks at every value first.
 */
export type Inference = "optimistic" | "exhaustive";

export interface ReadRequest {
  /** As discovered. */
  readonly stream: Stream;
  readonly mode: ReadMode;
  /** The columns wanted, by name, in the order wanted. */
  readonly columns: readonly string[];
  /**
   * What becomes of columns that `stream` does not have and that appear while it is read, where `stream.inferred`. Wanted:
   * a schema message announces them and they stand behind `columns`, in the order announced, but for those of `except`.
   * Not wanted: they are left out. Absent: they are the DataError `type.mismatch`.
   */
  readonly newColumns?: { readonly wanted: boolean; readonly except?: readonly string[] };
  /** Rows wanted: every predicate must hold. The source applies them all, exactly. */
  readonly filter?: readonly Predicate[];
  /** With mode `incremental`: the column whose order says what is new. */
  readonly cursorField?: string;
  /** With mode `incremental`: read again this far before the saved cursor; milliseconds for times, a number for numbers. */
  readonly lookback?: number;
  /** The state last committed, as this source gave it in a checkpoint; absent: from the beginning. */
  readonly state?: Json;
  /** Whether the destination merges rows that come again (by key), or a row must come exactly once. */
  readonly rereads: "merged" | "forbidden";
  /** The destination takes `scan` messages. */
  readonly scans: boolean;
  /**
   * The destination takes rows in this encoding as they are. A source that writes its rows in exactly this one may give
   * `encoded` messages in place of batches, though none once it has said that its columns changed.
   */
  readonly encoding?: string;
  /** Memory of earlier messages that the destination is done with, to be filled again. Once asked for, more is kept. */
  readonly spareMemory?: SpareMemory;
  readonly inference: Inference;
  readonly batch: BatchLimits;
  /** How many connections to the system this read may use. */
  readonly parallelism: number;
  readonly signal: AbortSignal;
}

/** Rows of a source's stream. */
export interface SourceDigestRequest extends DigestRequest {
  readonly stream: Stream;
  /** Only rows for which every predicate holds. */
  readonly filter?: readonly Predicate[];
}

/** One comparison of a column with a value. `value` is text in the column type's canonical form; null only for `is_null`. */
export interface Predicate {
  readonly column: string;
  readonly operator: "=" | "<>" | "<" | "<=" | ">" | ">=" | "in" | "is_null" | "is_not_null";
  /** One value; several for `in`; none for `is_null` and `is_not_null`. */
  readonly values: readonly string[];
}
