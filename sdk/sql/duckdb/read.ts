import duckdb from "@duckdb/node-bindings";
import type { Batch, BatchLimits } from "../../batch/batch.js";
import { layoutOf, vectorBytes } from "../../batch/vector.js";
import { SystemError } from "../../errors.js";
import type { Column } from "../../schema/stream.js";
import { type ChunkColumn, openColumn, variableBytes } from "./chunk-column.js";
import { columnGatherer } from "./column-gatherer.js";
import { duckError } from "./duck-error.js";
import { vectorType } from "./fill.js";
import { executeStreaming } from "./statement.js";
import { watchFailure } from "./stream-failure.js";

export interface ReadOptions {
  /** What the statement gives, in order; the DuckDB types must be exactly those of the logical types (`castToLogical`). */
  readonly columns: readonly Column[];
  readonly limits: BatchLimits;
  readonly signal: AbortSignal;
}

/**
 * Runs a SELECT and gives its rows as batches, computed as they are asked for. To be run in a thread that has time: the
 * rows are copied here. The connection runs nothing else meanwhile; leaving the loop early ends the statement.
 * @throws what `duckError` makes of DuckDB's errors; `signal.reason` when aborted
 */
export async function* readBatches(
  connection: duckdb.Connection,
  sql: string,
  { columns, limits, signal }: ReadOptions,
): AsyncGenerator<Batch, void, undefined> {
  signal.throwIfAborted();
  const interrupt = () => duckdb.interrupt(connection);
  signal.addEventListener("abort", interrupt, { once: true });
  const watch = await watchFailure(connection, sql);
  let open: duckdb.Result | undefined;
  try {
    const result = await executeStreaming(connection, sql);
    open = result;
    checkTypes(result, columns);
    const gathered = gather(columns, limits);
    for (;;) {
      const chunk = await duckdb.fetch_chunk(result);
      signal.throwIfAborted();
      const rows = chunk === null ? 0 : duckdb.data_chunk_get_size(chunk);
      if (chunk === null || rows === 0) {
        open = undefined;
        break;
      }
      const opened = columns.map(({ type }, i) => openColumn(duckdb.data_chunk_get_vector(chunk, i), type, rows));
      yield* gathered.add(opened, rows);
    }
    await watch.finish();
    yield* gathered.end();
  } catch (error) {
    signal.throwIfAborted();
    throw duckError(error);
  } finally {
    signal.removeEventListener("abort", interrupt);
    if (open !== undefined) await drop(connection, open);
    await watch.cancel();
  }
}

/**
 * Ends a statement before its last row: a result that is not fetched to its end, or to the empty chunk that an error
 * leaves, keeps the database open.
 */
async function drop(connection: duckdb.Connection, result: duckdb.Result): Promise<void> {
  duckdb.interrupt(connection);
  for (;;) {
    const chunk = await duckdb.fetch_chunk(result).catch(() => null);
    if (chunk === null || duckdb.data_chunk_get_size(chunk) === 0) return;
  }
}

/** Cuts chunks into batches. */
function gather(columns: readonly Column[], limits: BatchLimits) {
  const rowBytes = columns.reduce((sum, { type }) => sum + fixedBytes(type), 0);
  let room = columns.map(() => firstBytes);
  let gatherers = newGatherers();
  let rows = 0;
  let bytes = 0;

  function newGatherers() {
    return columns.map(({ type }, i) => columnGatherer(type, { rows: limits.rows, bytes: room[i]! }));
  }

  function take(): Batch {
    const batch = { rows, columns, vectors: gatherers.map((gatherer) => gatherer.finish()) };
    room = batch.vectors.map((vector) => Math.ceil(vectorBytes(vector, rows) * 1.1));
    gatherers = newGatherers();
    rows = 0;
    bytes = 0;
    return batch;
  }

  function* add(chunk: readonly ChunkColumn[], chunkRows: number): Generator<Batch, void, undefined> {
    let from = 0;
    while (from < chunkRows) {
      const { to, size } = cut(chunk, from, chunkRows);
      if (to === from) {
        yield take();
        continue;
      }
      for (const [i, gatherer] of gatherers.entries()) gatherer.append(chunk[i]!, from, to);
      rows += to - from;
      bytes += size;
      from = to;
      if (rows >= limits.rows || bytes >= limits.bytes) yield take();
    }
  }

  /** How far the batch may take rows from `from` on; at least one where it is empty. */
  function cut(chunk: readonly ChunkColumn[], from: number, end: number): { to: number; size: number } {
    const most = Math.min(end, from + limits.rows - rows);
    const size = sizeOf(chunk, from, most);
    if (bytes + size <= limits.bytes) return { to: most, size };
    let to = from;
    let total = 0;
    while (to < most) {
      const next = sizeOf(chunk, to, to + 1);
      if (bytes + total + next > limits.bytes && rows + to - from > 0) break;
      total += next;
      to++;
    }
    return { to, size: total };
  }

  function sizeOf(chunk: readonly ChunkColumn[], from: number, to: number): number {
    return chunk.reduce((sum, column) => sum + variableBytes(column, from, to), rowBytes * (to - from));
  }

  function* end(): Generator<Batch, void, undefined> {
    if (rows > 0) yield take();
  }

  return { add, end };
}

const firstBytes = 4096;

/** What every row takes, rounded up. */
function fixedBytes(type: Column["type"]): number {
  const layout = layoutOf(type);
  return layout.layout === "fixed" ? layout.width : layout.layout === "bits" ? 1 : 4;
}

function checkTypes(result: duckdb.Result, columns: readonly Column[]): void {
  const found = duckdb.column_count(result);
  const same = columns.every(
    ({ type }, i) => i < found && sameType(duckdb.column_logical_type(result, i), vectorType(type)),
  );
  if (found === columns.length && same) return;
  throw new SystemError("duckdb.columns_differ", "a statement gives other columns than were announced");
}

function sameType(a: duckdb.LogicalType, b: duckdb.LogicalType): boolean {
  const id = duckdb.get_type_id(a);
  if (id !== duckdb.get_type_id(b)) return false;
  if (id === duckdb.Type.DECIMAL) {
    return duckdb.decimal_width(a) === duckdb.decimal_width(b) && duckdb.decimal_scale(a) === duckdb.decimal_scale(b);
  }
  if (id !== duckdb.Type.LIST) return true;
  return sameType(duckdb.list_type_child_type(a), duckdb.list_type_child_type(b));
}
