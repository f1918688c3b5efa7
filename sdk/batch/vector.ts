import type { ColumnType } from "../schema/column-type.js";

/**
 * One column's values in Arrow's memory layout (https://arrow.apache.org/docs/format/Columnar.html), little-endian.
 * `validity` has one bit a row, least significant first, 1 = not null; `undefined` means no nulls. What stands in a
 * null's slot is unspecified, but its offsets are monotonic. Buffers may be longer than the rows need.
 *
 * | kind | layout | width | meaning |
 * |---|---|---|---|
 * | boolean | bits | | |
 * | int16, int32, int64 | fixed | 2, 4, 8 | two's complement |
 * | float32, float64 | fixed | 4, 8 | IEEE 754 |
 * | decimal(p,s), p ≤ 18 | fixed | 8 | unscaled int64 |
 * | decimal(p,s), p > 18 | fixed | 16 | unscaled int128 |
 * | date | fixed | 4 | days since 1970-01-01; `dateInfinity` and its negative are ±infinity |
 * | time | fixed | 8 | µs since midnight, 24:00:00 allowed |
 * | timestamp, datetime | fixed | 8 | µs since 1970-01-01 00:00; ±`timestampInfinity` are ±infinity |
 * | uuid | fixed | 16 | RFC 9562 byte order |
 * | string, json | bytes | | UTF-8 |
 * | binary | bytes | | |
 * | list | list | | offsets into `child` |
 */
export type Vector = BitsVector | FixedVector | BytesVector | ListVector;

export interface BitsVector {
  readonly layout: "bits";
  readonly data: Uint8Array;
  readonly validity: Uint8Array | undefined;
}

export interface FixedVector {
  readonly layout: "fixed";
  readonly width: 2 | 4 | 8 | 16;
  /** `width` bytes a row; starts at a multiple of 8 bytes in its buffer, so that a typed array may be laid over it. */
  readonly data: Uint8Array;
  readonly validity: Uint8Array | undefined;
}

export interface BytesVector {
  readonly layout: "bytes";
  /** rows + 1 offsets, ascending; the first need not be 0. */
  readonly offsets: Int32Array;
  readonly data: Uint8Array;
  readonly validity: Uint8Array | undefined;
}

export interface ListVector {
  readonly layout: "list";
  /** rows + 1 offsets into the child, ascending. */
  readonly offsets: Int32Array;
  readonly child: Vector;
  readonly validity: Uint8Array | undefined;
}

/** Days that stand for the date +infinity; -infinity is its negative. DuckDB's own encoding. */
export const dateInfinity = 2_147_483_647;
/** Microseconds that stand for the timestamp +infinity; -infinity is its negative. DuckDB's own encoding. */
export const timestampInfinity = 9_223_372_036_854_775_807n;

/** How a type lies in memory: the layout and, for `fixed`, the bytes a row. */
export function layoutOf(
  type: ColumnType,
): { layout: "bits" | "bytes" | "list" } | { layout: "fixed"; width: 2 | 4 | 8 | 16 } {
  switch (type.kind) {
    case "boolean":
      return { layout: "bits" };
    case "int16":
      return { layout: "fixed", width: 2 };
    case "int32":
    case "float32":
    case "date":
      return { layout: "fixed", width: 4 };
    case "int64":
    case "float64":
    case "time":
    case "timestamp":
    case "datetime":
      return { layout: "fixed", width: 8 };
    case "decimal":
      return { layout: "fixed", width: type.precision <= 18 ? 8 : 16 };
    case "uuid":
      return { layout: "fixed", width: 16 };
    case "string":
    case "json":
    case "binary":
      return { layout: "bytes" };
    case "list":
      return { layout: "list" };
  }
}

/** Whether row `row` is null. */
export function isNull(vector: Pick<Vector, "validity">, row: number): boolean {
  return vector.validity !== undefined && (vector.validity[row >> 3]! & (1 << (row & 7))) === 0;
}

/** The bytes that rows [0, rows) of a vector hold: what limits and progress count. */
export function vectorBytes(vector: Vector, rows: number): number {
  const validity = vector.validity === undefined ? 0 : (rows + 7) >> 3;
  switch (vector.layout) {
    case "bits":
      return validity + ((rows + 7) >> 3);
    case "fixed":
      return validity + rows * vector.width;
    case "bytes":
      return validity + (rows + 1) * 4 + (vector.offsets[rows]! - vector.offsets[0]!);
    case "list":
      return validity + (rows + 1) * 4 + vectorBytes(vector.child, vector.offsets[rows]!);
  }
}

/** Every ArrayBuffer under a vector, to hand over with `postMessage`. */
export function vectorBuffers(vector: Vector, into: Set<ArrayBuffer> = new Set()): Set<ArrayBuffer> {
  if (vector.validity !== undefined) into.add(vector.validity.buffer as ArrayBuffer);
  switch (vector.layout) {
    case "bits":
    case "fixed":
      into.add(vector.data.buffer as ArrayBuffer);
      break;
    case "bytes":
      into.add(vector.offsets.buffer as ArrayBuffer).add(vector.data.buffer as ArrayBuffer);
      break;
    case "list":
      into.add(vector.offsets.buffer as ArrayBuffer);
      vectorBuffers(vector.child, into);
      break;
  }
  return into;
}
