import { z } from "zod";
import { type Comparable, comparableOf, compare, rowMatcher } from "../batch/comparable.js";
import { createPacker, type Row } from "../batch/pack.js";
import { defineSource } from "../define-source.js";
import { ConfigError, DataError } from "../errors.js";
import type { Json } from "../json.js";
import type { Message } from "../messages.js";
import { type Column, type Stream, streamId } from "../schema/stream.js";
import type { OpenSource, ReadRequest, Source } from "../source.js";

/** A table of the memory source. Tests may add rows, or change columns, between two reads. */
export interface MemoryTable {
  readonly name: string;
  readonly namespace?: string;
  columns: readonly Column[];
  readonly primaryKey?: readonly string[];
  readonly cursorFields?: readonly string[];
  readonly rows: Row[];
}

/** Where a read is: full reads count rows; incremental ones have the cursor's greatest value and how many rows had it. */
interface Position {
  readonly rows?: number;
  readonly cursor?: string;
  readonly ties?: number;
}

/**
 * A source of rows held in memory, for tests: it keeps the whole contract of a source, and is an example of one. Reads
 * give a checkpoint after each batch. Ties of the cursor may be added later; smaller cursors are not seen again.
 */
export function memorySource(tables: readonly MemoryTable[]): Source {
  return defineSource({
    name: "memory",
    title: "Rows in memory",
    config: z.strictObject({}),
    open: async () => openMemorySource(tables),
  });
}

function openMemorySource(tables: readonly MemoryTable[]): OpenSource {
  return {
    async check() {},
    async discover(request = {}) {
      const patterns = request.streams?.map(patternOf);
      const streams = tables.map(streamOf);
      return { streams: streams.filter((stream) => patterns?.some((one) => one.test(streamId(stream))) ?? true) };
    },
    read(request) {
      const table = tables.find((candidate) => streamId(candidate) === streamId(request.stream));
      if (table === undefined)
        throw new ConfigError("stream.unknown", `there is no stream '${streamId(request.stream)}'`);
      return readTable(table, request);
    },
    async close() {},
  };
}

function streamOf({ name, namespace, columns, primaryKey = [], cursorFields = [] }: MemoryTable): Stream {
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    columns,
    primaryKey,
    cursorFields,
    readModes: cursorFields.length === 0 ? ["full_refresh"] : ["full_refresh", "incremental"],
  };
}

function patternOf(pattern: string): RegExp {
  const escaped = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*")}$`);
}

async function* readTable(table: MemoryTable, request: ReadRequest): AsyncGenerator<Message> {
  const columns = request.columns.map((name) => table.columns.find((column) => column.name === name)!);
  const options = { limits: request.batch, stream: streamId(table), onUnknownKey: () => {} };
  const packer = createPacker(columns, options);
  const matches = rowMatcher(request.filter ?? [], table.columns);
  const state = (request.state ?? {}) as Position;
  let position = state;
  for (const { row, reached } of request.mode === "incremental"
    ? newRows(table, request, state)
    : allRows(table, state)) {
    request.signal.throwIfAborted();
    const batch = matches(row) ? packer.add(row) : undefined;
    position = reached;
    if (batch === undefined) continue;
    yield { type: "batch", batch };
    yield { type: "checkpoint", state: position as Json };
    // Lets timers and signals through, as a source does that waits for its system.
    await new Promise(setImmediate);
  }
  request.signal.throwIfAborted();
  const rest = packer.flush();
  if (rest !== undefined) yield { type: "batch", batch: rest };
  yield { type: "checkpoint", state: position as Json };
}

interface Step {
  readonly row: Row;
  /** Where the read stands once the row was given. */
  readonly reached: Position;
}

function* allRows({ rows }: MemoryTable, { rows: from = 0 }: Position): Generator<Step> {
  for (let i = from; i < rows.length; i++) yield { row: rows[i]!, reached: { rows: i + 1 } };
}

function* newRows(table: MemoryTable, request: ReadRequest, state: Position): Generator<Step> {
  const column = table.columns.find(({ name }) => name === request.cursorField)!;
  const sorted = table.rows
    .map((row) => ({ row, cursor: cursorOf(row, column, table) }))
    .sort((a, b) => compare(a.cursor, b.cursor));
  const saved = state.cursor === undefined || sorted.length === 0 ? undefined : like(sorted[0]!.cursor, state.cursor);
  const from = saved === undefined ? undefined : lookBack(saved, column, request);
  const again = request.rereads === "merged";
  let ties = 0;
  for (const [i, { row, cursor }] of sorted.entries()) {
    ties = i > 0 && compare(cursor, sorted[i - 1]!.cursor) === 0 ? ties + 1 : 1;
    const order = saved === undefined ? 1 : compare(cursor, saved);
    if (order > 0) yield { row, reached: { cursor: String(cursor), ties } };
    else if (order === 0 && ties > (state.ties ?? 0)) yield { row, reached: { ...state, ties } };
    else if (again && compare(cursor, from!) >= 0) yield { row, reached: state };
  }
}

function cursorOf(row: Row, column: Column, table: MemoryTable): Comparable {
  const cursor = comparableOf(row[column.name], column);
  if (cursor !== undefined) return cursor;
  const stream = streamId(table);
  throw new DataError("cursor.null", `stream '${stream}': a row has no value in its cursor '${column.name}'`, {
    stream,
    column: column.name,
    hint: "choose a cursor that is never null, or read in full",
  });
}

/** Text from a state as a value that compares with `sample`. */
function like(sample: Comparable, text: string): Comparable {
  return typeof sample === "bigint" ? BigInt(text) : typeof sample === "number" ? Number(text) : text;
}

function lookBack(cursor: Comparable, { type }: Column, { lookback = 0 }: ReadRequest): Comparable {
  const isTime = type.kind === "timestamp" || type.kind === "datetime";
  if (typeof cursor === "bigint") return cursor - BigInt(isTime ? lookback * 1000 : lookback);
  if (typeof cursor === "number") return cursor - (type.kind === "date" ? lookback / 86_400_000 : lookback);
  return cursor;
}
