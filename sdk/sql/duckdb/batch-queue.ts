import type { Batch } from "../../batch/batch.js";
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
}

/** The next rows, at most `limit`; undefined when no batch is there. `taken` is called for each batch read to its end. */
export function takeSlice(queue: BatchQueue, limit: number, taken: () => void): Slice | undefined {
  if (queue.current === undefined) {
    queue.current = queue.waiting.shift();
    queue.next = 0;
  }
  const batch = queue.current;
  if (batch === undefined) return undefined;
  const rows = Math.min(limit, batch.rows - queue.next);
  const slice = { batch, from: queue.next, rows, rowNumber: queue.rowNumber };
  queue.next += rows;
  if (queue.rowNumber !== undefined) queue.rowNumber += rows;
  if (queue.next >= batch.rows) {
    queue.current = undefined;
    taken();
  }
  return slice;
}
