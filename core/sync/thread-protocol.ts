import { batchBuffers } from "../../sdk/batch/batch.js";
import type { LogLevel } from "../../sdk/context.js";
import type { BucketDigest, RowDigest } from "../../sdk/digest.js";
import type { ErrorRecord } from "../../sdk/errors.js";
import type { Json, JsonObject } from "../../sdk/json.js";
import type { Message } from "../../sdk/messages.js";
import type { Catalog, Stream } from "../../sdk/schema/stream.js";
import type { DiscoverRequest, ReadRequest, SourceDigestRequest } from "../../sdk/source.js";

/** What a source thread is told first: the source to open. */
export interface SourceThreadData {
  /** URL of a module that exports `sources`: names to lazy imports. */
  readonly registry: string;
  readonly connector: string;
  /** As the user wrote it, secrets resolved; the thread validates it again with the connector's own schema. */
  readonly config: JsonObject;
  readonly projectDir: string;
  readonly workDir: string;
  readonly memoryBytes: number;
  /** Bytes of batches that may be under way to the engine, per read. */
  readonly windowBytes: number;
}

/** The calls of `OpenSource` that have one answer. */
export interface SourceCalls {
  opened(): { readonly digests: boolean };
  check(): void;
  discover(request: DiscoverRequest): Catalog;
  acknowledge(stream: Stream, state: Json): void;
  bucketDigests(request: SourceDigestRequest): BucketDigest[];
  rowDigests(request: SourceDigestRequest): RowDigest[];
  close(): void;
}

export type SourceCall = {
  [Method in keyof SourceCalls]: { readonly method: Method; readonly args: Parameters<SourceCalls[Method]> };
}[keyof SourceCalls];

export type WireReadRequest = Omit<ReadRequest, "signal" | "spareMemory">;

export type ToSourceThread =
  /** What is likely to be opened: its code may be loaded ahead. */
  | ({ readonly type: "load" } & Pick<SourceThreadData, "registry" | "connector">)
  | { readonly type: "open"; readonly data: SourceThreadData }
  | ({ readonly type: "call"; readonly id: number } & SourceCall)
  | { readonly type: "read"; readonly id: number; readonly request: WireReadRequest }
  /** The engine has taken this many bytes of read `id`: as many more may be sent. */
  | { readonly type: "consumed"; readonly id: number; readonly bytes: number }
  /** Memory of messages of read `id` that nobody looks at any more. */
  | { readonly type: "spare"; readonly id: number; readonly memory: readonly ArrayBuffer[] }
  /** Read `id` is no longer wanted. */
  | { readonly type: "stop"; readonly id: number }
  /** The run is cancelled. */
  | { readonly type: "abort" };

export type FromSourceThread =
  | { readonly type: "result"; readonly id: number; readonly value: unknown }
  | { readonly type: "failed"; readonly id: number; readonly error: ErrorRecord }
  /** `bytes` is what the message counts against the window; `returns`: its memory is wanted back. */
  | {
      readonly type: "message";
      readonly id: number;
      readonly message: Message;
      readonly bytes: number;
      readonly returns: boolean;
    }
  /** The read came to its end after `rows` rows in batches, as counted where they were made. */
  | { readonly type: "end"; readonly id: number; readonly rows: number }
  | {
      readonly type: "log";
      readonly level: LogLevel;
      readonly message: string;
      readonly fields: Record<string, unknown>;
    };

/** The rows a message brings, counted on both sides of the thread. */
export function rowsOf(message: Message): number {
  if (message.type === "encoded") return message.rows.rows;
  return message.type === "batch" ? message.batch.rows : 0;
}

/** The buffers that change hands with a message. */
export function memoryOf(message: Message): ArrayBuffer[] {
  if (message.type === "encoded") return [message.rows.data.buffer as ArrayBuffer];
  return message.type === "batch" ? batchBuffers(message.batch) : [];
}
