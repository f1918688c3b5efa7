import duckdb from "@duckdb/node-bindings";
import type { Batch } from "../../batch/batch.js";
import { type FixedVector, isNull, type Vector } from "../../batch/vector.js";
import { DataError } from "../../errors.js";
import { type ColumnType, formatType } from "../../schema/column-type.js";
import type { Column } from "../../schema/stream.js";
import { copyBits } from "./bits.js";
import { writeStrings } from "./layout.js";

/** The most rows a DuckDB vector holds (STANDARD_VECTOR_SIZE). */
export const vectorRows = 2048;

/** The type a vector must have for `fillChunk`. JSON is a VARCHAR by that name, so that DuckDB takes the text as it is. */
export function vectorType(type: ColumnType): duckdb.LogicalType {
  switch (type.kind) {
    case "decimal":
      return duckdb.create_decimal_type(type.precision, type.scale);
    case "list":
      return duckdb.create_list_type(vectorType(type.item));
    case "json": {
      const text = duckdb.create_logical_type(duckdb.Type.VARCHAR);
      duckdb.logical_type_set_alias(text, "JSON");
      return text;
    }
    default:
      return duckdb.create_logical_type(typeIds[type.kind]);
  }
}

const { Type } = duckdb;
const typeIds = {
  boolean: Type.BOOLEAN,
  int16: Type.SMALLINT,
  int32: Type.INTEGER,
  int64: Type.BIGINT,
  float32: Type.FLOAT,
  float64: Type.DOUBLE,
  string: Type.VARCHAR,
  binary: Type.BLOB,
  date: Type.DATE,
  time: Type.TIME,
  timestamp: Type.TIMESTAMP_TZ,
  datetime: Type.TIMESTAMP,
  uuid: Type.UUID,
} as const;

/** Copies rows [from, from + rows) of a batch into a chunk's vectors, which have the columns' `vectorType`s. */
export function fillChunk(chunk: duckdb.DataChunk, batch: Batch, from: number, rows: number): void {
  for (const [index, column] of batch.columns.entries()) {
    fillVector(duckdb.data_chunk_get_vector(chunk, index), column, column.type, batch.vectors[index]!, from, rows);
  }
}

/** Copies rows [from, from + rows) of a column into a vector of its `vectorType`. */
export function fillVector(
  target: duckdb.Vector,
  column: Pick<Column, "name">,
  type: ColumnType,
  source: Vector,
  from: number,
  rows: number,
): void {
  switch (source.layout) {
    case "bits":
      copyScratch(target, expandBits(source.data, from, rows), rows);
      break;
    case "fixed":
      fillFixed(target, column, type, source, from, rows);
      break;
    case "bytes":
      writeStrings(target, source, from, rows);
      break;
    case "list": {
      const start = source.offsets[from]!;
      const size = source.offsets[from + rows]! - start;
      duckdb.list_vector_reserve(target, size);
      duckdb.list_vector_set_size(target, size);
      copyScratch(target, listEntries(source.offsets, from, rows), rows * 16);
      if (size > 0 && type.kind === "list") {
        fillVector(duckdb.list_vector_get_child(target), column, type.item, source.child, start, size);
      }
    }
  }
  // Last: DuckDB marks a row as null whose text it does not take.
  if (source.validity !== undefined) fillValidity(target, source.validity, from, rows);
}

function fillValidity(target: duckdb.Vector, validity: Uint8Array, from: number, rows: number): void {
  const bytes = (rows + 7) >> 3;
  const aligned = (from & 7) === 0;
  const bits = aligned ? validity.subarray(from >> 3, (from >> 3) + bytes) : scratchBytes(bytes).subarray(0, bytes);
  if (!aligned) copyBits(validity, from, bits, 0, rows);
  duckdb.vector_ensure_validity_writable(target);
  duckdb.copy_data_to_vector_validity(target, 0, bits.buffer as ArrayBuffer, bits.byteOffset, bytes);
}

function fillFixed(
  target: duckdb.Vector,
  column: Pick<Column, "name">,
  type: ColumnType,
  source: FixedVector,
  from: number,
  rows: number,
): void {
  if (type.kind === "uuid") {
    copyScratch(target, reverseUuids(source.data, from, rows), rows * 16);
  } else if (type.kind === "decimal" && type.precision <= 9) {
    copyScratch(target, narrow(column, type, source, from, rows), rows * (type.precision <= 4 ? 2 : 4));
  } else {
    const { data, width } = source;
    duckdb.copy_data_to_vector(target, 0, data.buffer as ArrayBuffer, data.byteOffset + from * width, rows * width);
  }
}

let scratch = new ArrayBuffer(vectorRows * 16);

function scratchBytes(bytes: number): Uint8Array {
  if (bytes > scratch.byteLength) scratch = new ArrayBuffer(bytes);
  return new Uint8Array(scratch);
}

function copyScratch(target: duckdb.Vector, data: Uint8Array, bytes: number): void {
  duckdb.copy_data_to_vector(target, 0, data.buffer as ArrayBuffer, 0, bytes);
}

function expandBits(bits: Uint8Array, from: number, rows: number): Uint8Array {
  const bytes = scratchBytes(rows);
  for (let k = 0, row = from; k < rows; k++, row++) bytes[k] = (bits[row >> 3]! >> (row & 7)) & 1;
  return bytes;
}

/** DuckDB holds up to 4 digits in 2 bytes and up to 9 in 4, where a batch has 8. */
function narrow(
  column: Pick<Column, "name">,
  type: ColumnType & { kind: "decimal" },
  { data, validity }: FixedVector,
  from: number,
  rows: number,
): Uint8Array {
  const bytes = scratchBytes(rows * 4);
  const narrowed = type.precision <= 4 ? new Int16Array(bytes.buffer) : new Int32Array(bytes.buffer);
  const words = new Int32Array(data.buffer, data.byteOffset + from * 8, rows * 2);
  const limit = 10 ** type.precision;
  for (let k = 0; k < rows; k++) {
    const low = words[k * 2]!;
    if ((low >= limit || low <= -limit || words[k * 2 + 1] !== low >> 31) && !isNull({ validity }, from + k)) {
      throw new DataError("duckdb.value_refused", `${column.name}: a number has more digits than ${formatType(type)}`, {
        column: column.name,
        hint: "cast the column to a wider type",
      });
    }
    narrowed[k] = low;
  }
  return bytes;
}

/** DuckDB holds a UUID as a 128-bit number whose sign bit is flipped, so that numbers and UUIDs sort alike. */
function reverseUuids(data: Uint8Array, from: number, rows: number): Uint8Array {
  const bytes = scratchBytes(rows * 16);
  const source = new DataView(data.buffer, data.byteOffset + from * 16, rows * 16);
  const target = new DataView(bytes.buffer);
  for (let at = 0; at < rows * 16; at += 16) {
    target.setInt32(at, source.getInt32(at + 12), true);
    target.setInt32(at + 4, source.getInt32(at + 8), true);
    target.setInt32(at + 8, source.getInt32(at + 4), true);
    target.setInt32(at + 12, source.getInt32(at) ^ 0x8000_0000, true);
  }
  return bytes;
}

/** Offset and length of every list, 8 bytes each (`list_entry_t`). */
function listEntries(offsets: Int32Array, from: number, rows: number): Uint8Array {
  const bytes = scratchBytes(rows * 16);
  const words = new Int32Array(bytes.buffer, 0, rows * 4);
  const start = offsets[from]!;
  for (let k = 0; k < rows; k++) {
    words[k * 4] = offsets[from + k]! - start;
    words[k * 4 + 1] = 0;
    words[k * 4 + 2] = offsets[from + k + 1]! - offsets[from + k]!;
    words[k * 4 + 3] = 0;
  }
  return bytes;
}
