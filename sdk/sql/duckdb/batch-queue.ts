import { type Batch, batchBytes } from "../../batch/batch.js";
import type { Column } from "../../schema/stream.js";

/** The batches of one load between the thread that sends them and the statement that reads them. */
export interface BatchQueue {
  readonly id: number;
  readonly columns: readonly Column[];
  /** Its statement may end when no batch is there and start again with the next one; otherwise it waits for the end. */
  readonly pauses: boolean;
  readonly waiting: Batch[];
  /** The batch being read, and the first row that is still to be read. */
  current: Batch | undefined;
  next: number;
  /** The number of the next row, for the BIGINT column `batch_row`; undefined where there is no such column. */
  rowNumber: number | undefined;
  ended: boolean;
  failure: unknown;
  /** The statement is about to end: it gets no more rows, so that all its threads stop. */
  pausing: boolean;
}

/** Rows [from, from + rows) of a batch: what one call of the table function gives. */
export interface Slice {
  readonly batch: Batch;
  readonly from: number;
  readonly rows: number;
  /** The number of the first row. */
  readonly rowNumber: number | undefined;
  /** Nothing of the batch comes after it. */
  readonly isLast: boolean;
}

/** The next rows, at most `limit`; undefined when no batch is there. */
export function takeSlice(queue: BatchQueue, limit: number): Slice | undefined {
  if (queue.current === undefined) {
    queue.current = queue.waiting.shift();
    queue.next = 0;
  }
  const batch = queue.current;
  if (batch === undefined) return undefined;
  const rows = Math.min(limit, batch.rows - queue.next);
  const from = queue.next;
  queue.next += rows;
  const isLast = queue.next >= batch.rows;
  const slice = { batch, from, rows, rowNumber: queue.rowNumber, isLast };
  if (queue.rowNumber !== undefined) queue.rowNumber += rows;
  if (isLast) queue.current = undefined;
  return slice;
}

/** DuckDB's row group: so many rows each of its threads collects before it compresses and writes them. */
const rowGroupRows = 122_880;
/** Of DuckDB's memory, what its threads may fill with rows they collect. */
const collectedShare = 0.75;

/**
 * How many of DuckDB's threads have room to collect rows as wide as those that wait: one more would have it spill them to
 * disk, which takes longer than a thread less.
 */
export function threadsFor({ waiting, current }: BatchQueue, memoryBytes: number): number {
  const batch = current ?? waiting[0];
  if (batch === undefined || batch.rows === 0) return Number.POSITIVE_INFINITY;
  const collected = (batchBytes(batch) / batch.rows) * rowGroupRows;
  return Math.max(1, Math.floor((memoryBytes * collectedShare) / collected));
}
