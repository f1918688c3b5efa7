import type { Batch } from "../../sdk/batch/batch.js";
import type { Json } from "../../sdk/json.js";
import type { BatchMessage, EncodedRows, Scan } from "../../sdk/messages.js";
import type { Column } from "../../sdk/schema/stream.js";
import type { StreamPlan } from "./stream-plan.js";

/** The way of one stream's rows into its table: one load after another, each committed with the state it reached. */
export interface Lane {
  /** As given; where columns are inferred, with those that the table has. */
  readonly plan: StreamPlan;
  /** Where the read begins: the committed source state, where it may be used. */
  readonly resumeFrom: Json | undefined;
  /** Whether rows that come again are merged away by key. */
  readonly merges: boolean;
  /** Whether nothing is computed on the rows: they may be scanned, or come undecoded. */
  readonly passes: boolean;
  /** The source's columns have changed: what follows has these. */
  adopt(columns: readonly Column[]): Promise<void>;
  /** Refines a batch, brings it to the names and types of the table and writes it; it may return while that goes on. */
  write(batch: Batch, origin?: BatchMessage["origin"]): Promise<void>;
  /** How rows may come that nobody decodes, where nothing is to be done to a value; undefined: they may not. */
  readonly encoding: string | undefined;
  writeEncoded(rows: EncodedRows): Promise<void>;
  scan(scan: Scan): Promise<void>;
  /** A checkpoint that covers everything before it. */
  offer(state: Json): void;
  /** Whether the load has grown or lasted enough, and may be committed before the end. */
  commitIsDue(): boolean;
  /** Whether the load may be committed before its end and has no row that no checkpoint covers. */
  isCovered(): boolean;
  /** Commits the load with the state last offered, which it returns; nothing where there is nothing to commit. */
  commit(final: boolean): Promise<Json | undefined>;
  abort(): Promise<void>;
  close(): Promise<void>;
}
