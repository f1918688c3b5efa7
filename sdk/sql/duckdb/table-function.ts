import duckdb from "@duckdb/node-bindings";
import type { Batch } from "../../batch/batch.js";
import type { BatchQueue, Slice } from "./batch-queue.js";
import { checkText } from "./check-text.js";
import { fillChunk, vectorType } from "./fill.js";

export interface TableFunction {
  /** The load of a connection: which rows `batch()` gives in the statements of that connection. */
  queueOf(connectionId: number): BatchQueue | undefined;
  /** The next rows; blocks until there are some; undefined ends the statement. */
  take(queue: BatchQueue): Slice | undefined;
  /** The last rows of a batch are with DuckDB. */
  taken(queue: BatchQueue, batch: Batch): void;
}

/**
 * Makes `batch()` known to a database. DuckDB calls back in this thread while it runs the statement in threads of its own;
 * an exception thrown here becomes the statement's error.
 */
export function registerBatchFunction(connection: duckdb.Connection, { queueOf, take, taken }: TableFunction): void {
  const definition = duckdb.create_table_function();
  duckdb.table_function_set_name(definition, "batch");
  duckdb.table_function_set_bind(definition, (info) => {
    const context = duckdb.table_function_get_client_context(info);
    const queue = queueOf(duckdb.client_context_get_connection_id(context));
    if (queue === undefined) throw new Error("Binder Error: batch() has rows only within a load");
    duckdb.bind_set_bind_data(info, queue);
    for (const { name, type } of queue.columns) duckdb.bind_add_result_column(info, name, vectorType(type));
    if (queue.rowNumber !== undefined) {
      duckdb.bind_add_result_column(info, "batch_row", duckdb.create_logical_type(duckdb.Type.BIGINT));
    }
  });
  duckdb.table_function_set_init(definition, (info) => duckdb.init_set_max_threads(info, maxThreads));
  duckdb.table_function_set_function(definition, (info, chunk) => {
    const queue = duckdb.function_get_bind_data(info) as BatchQueue;
    try {
      const slice = take(queue);
      give(queue, chunk, slice);
      if (slice?.isLast === true) taken(queue, slice.batch);
    } catch (error) {
      queue.failure ??= error;
      throw error;
    }
  });
  duckdb.register_table_function(connection, definition);
}

/** As many of DuckDB's threads as it likes: the calls themselves come one after the other. */
const maxThreads = 64;

function give(queue: BatchQueue, chunk: duckdb.DataChunk, slice: Slice | undefined): void {
  duckdb.data_chunk_set_size(chunk, slice?.rows ?? 0);
  if (slice === undefined) return;
  if (slice.from === 0) checkText(slice.batch);
  fillChunk(chunk, slice.batch, slice.from, slice.rows);
  if (slice.rowNumber === undefined) return;
  const numbers = new BigInt64Array(slice.rows);
  for (let i = 0; i < slice.rows; i++) numbers[i] = BigInt(slice.rowNumber + i);
  const vector = duckdb.data_chunk_get_vector(chunk, queue.columns.length);
  duckdb.copy_data_to_vector(vector, 0, numbers.buffer, 0, slice.rows * 8);
}
