import duckdb from "@duckdb/node-bindings";
import { layoutOf } from "../../batch/vector.js";
import type { ColumnType } from "../../schema/column-type.js";
import { openStrings, type StringHeaders, stringLength } from "./layout.js";

/** One column of a fetched chunk, copied out of DuckDB but for the bytes of long strings, which live with the chunk. */
export type ChunkColumn = FixedChunk | StringsChunk | ListChunk;

interface FixedChunk {
  readonly layout: "fixed";
  /** Bytes a row as DuckDB holds it. */
  readonly width: number;
  readonly data: Uint8Array;
  readonly validity: Uint8Array | undefined;
}

interface StringsChunk {
  readonly layout: "bytes";
  readonly strings: StringHeaders;
  readonly validity: Uint8Array | undefined;
}

interface ListChunk {
  readonly layout: "list";
  /** Offset and length of every list in the child, as two 64-bit numbers. */
  readonly entries: Int32Array;
  readonly child: ChunkColumn;
  readonly validity: Uint8Array | undefined;
}

/** Opens a vector whose DuckDB type is that of `type`. */
export function openColumn(vector: duckdb.Vector, type: ColumnType, rows: number): ChunkColumn {
  const validity = duckdb.vector_get_validity(vector, ((rows + 63) >> 6) * 8) ?? undefined;
  if (type.kind === "list") {
    const { buffer, byteOffset } = duckdb.vector_get_data(vector, rows * 16);
    const child = openColumn(duckdb.list_vector_get_child(vector), type.item, duckdb.list_vector_get_size(vector));
    return { layout: "list", entries: new Int32Array(buffer, byteOffset, rows * 4), child, validity };
  }
  if (layoutOf(type).layout === "bytes") {
    return { layout: "bytes", strings: openStrings(vector, validity, rows), validity };
  }
  const width = duckWidth(type);
  return { layout: "fixed", width, data: duckdb.vector_get_data(vector, rows * width), validity };
}

/** The bytes of strings and lists in rows [from, to), beside what every row has. */
export function variableBytes(column: ChunkColumn, from: number, to: number): number {
  let bytes = 0;
  if (column.layout === "bytes") for (let row = from; row < to; row++) bytes += stringLength(column.strings, row);
  if (column.layout === "list") {
    for (let row = from; row < to; row++) {
      const { start, end } = listRange(column, row);
      bytes += (end - start) * 8 + variableBytes(column.child, start, end);
    }
  }
  return bytes;
}

/** Where a row's list stands in the child; empty for a null, whose entry means nothing. */
export function listRange({ entries, validity }: ListChunk, row: number): { start: number; end: number } {
  if (validity !== undefined && (validity[row >> 3]! & (1 << (row & 7))) === 0) return { start: 0, end: 0 };
  const start = entries[row * 4]!;
  return { start, end: start + entries[row * 4 + 2]! };
}

function duckWidth(type: ColumnType): number {
  if (type.kind === "boolean") return 1;
  if (type.kind === "decimal") return type.precision <= 4 ? 2 : type.precision <= 9 ? 4 : type.precision <= 18 ? 8 : 16;
  const layout = layoutOf(type);
  return layout.layout === "fixed" ? layout.width : 0;
}
