import type { MessagePort } from "node:worker_threads";
import type { Batch } from "../../batch/batch.js";
import type { QueryResult } from "../../destination.js";
import type { ErrorRecord } from "../../errors.js";
import type { Column } from "../../schema/stream.js";
import type { DatabaseOptions } from "./database.js";
import type { SqlValue } from "./statement.js";

/** What the worker is started with. */
export interface EngineStart {
  readonly options: DatabaseOptions;
  readonly port: MessagePort;
  /** One Int32, raised and notified after every message: what a blocked worker waits on. */
  readonly wake: SharedArrayBuffer;
}

/** What an answer is awaited for. */
export type Request =
  | { readonly type: "connect" }
  | { readonly type: "disconnect"; readonly connection: number }
  | {
      readonly type: "run";
      readonly connection: number;
      readonly sql: string;
      readonly parameters: readonly SqlValue[];
    }
  | {
      readonly type: "query";
      readonly connection: number;
      readonly sql: string;
      readonly parameters: readonly SqlValue[];
    }
  | { readonly type: "scan"; readonly connection: number; readonly sql: string }
  | { readonly type: "end_load"; readonly load: number }
  | { readonly type: "abort_load"; readonly load: number }
  | { readonly type: "close" };

/** The answer to each request. */
export interface Answers {
  readonly connect: number;
  readonly disconnect: undefined;
  readonly run: number;
  readonly query: QueryResult;
  readonly scan: ScanCounts;
  readonly end_load: { readonly rows: number };
  readonly abort_load: undefined;
  readonly close: undefined;
}

/** Rows as a statement's readers gave them, and as its sink took them. */
export interface ScanCounts {
  readonly read: number;
  readonly written: number;
}

/** What no answer is awaited for. */
export type Notice =
  | {
      readonly type: "load";
      readonly connection: number;
      readonly load: number;
      readonly sql: string;
      readonly columns: readonly Column[];
      /** Of the first row, where rows are numbered. */
      readonly rowNumber: number | undefined;
    }
  | { readonly type: "batch"; readonly load: number; readonly batch: Omit<Batch, "columns"> }
  | { readonly type: "interrupt"; readonly connection: number };

export type ToEngine = (Request & { readonly id: number }) | Notice;

export type FromEngine =
  | { readonly type: "opened" }
  | { readonly type: "answer"; readonly id: number; readonly value: Answers[keyof Answers] }
  | { readonly type: "failed"; readonly id: number; readonly error: ErrorRecord }
  | { readonly type: "open_failed"; readonly error: ErrorRecord }
  /** The oldest batch of a load is in the database: there is room for another, and its memory is free. */
  | { readonly type: "taken"; readonly load: number; readonly memory: readonly ArrayBuffer[] }
  | { readonly type: "load_failed"; readonly load: number; readonly error: ErrorRecord };
