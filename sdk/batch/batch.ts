import type { Column } from "../schema/stream.js";
import { type Vector, vectorBuffers, vectorBytes } from "./vector.js";

/** What a row does to its key, in `Batch.ops`. */
export const rowOp = { insert: 0, update: 1, delete: 2 } as const;

/**
 * Rows of one stream as columns in Arrow's memory layout: a plain record, so that it crosses threads by transferring
 * its buffers. `vectors[i]` holds the values of `columns[i]`.
 */
export interface Batch {
  readonly rows: number;
  readonly columns: readonly Column[];
  readonly vectors: readonly Vector[];
  /** One `rowOp` a row; absent where every row is an insert or a newer version. */
  readonly ops?: Uint8Array;
  /**
   * Takes memory that nobody looks at any more, to be filled again: for whoever reads the batch last. Absent where it is
   * not wanted, and in every batch that has crossed threads.
   */
  giveBack?(memory: readonly ArrayBuffer[]): void;
}

/** How large a batch may grow: it ends at whichever comes first (one row may exceed `bytes`). */
export interface BatchLimits {
  readonly rows: number;
  readonly bytes: number;
}

/** Large enough that handing a batch to another thread costs nothing beside filling it, small enough to stay in the cache. */
export const defaultBatchLimits: BatchLimits = { rows: 32_768, bytes: 8 * 1024 * 1024 };

/** The bytes a batch holds. */
export function batchBytes(batch: Batch): number {
  return batch.vectors.reduce((sum, vector) => sum + vectorBytes(vector, batch.rows), 0);
}

/** The buffers to transfer with a batch; using it afterwards is an error. Views never share a buffer across batches. */
export function batchBuffers(batch: Batch): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const vector of batch.vectors) vectorBuffers(vector, buffers);
  if (batch.ops !== undefined) buffers.add(batch.ops.buffer as ArrayBuffer);
  return [...buffers];
}
