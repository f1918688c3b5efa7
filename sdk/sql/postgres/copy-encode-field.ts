import type { Vector } from "../../batch/vector.js";
import { DataError } from "../../errors.js";

/** Rows [from, to) of a vector. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/** A buffer that takes one CopyData message. */
export interface CopyFrame {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/**
 * Encodes the values of one column as fields of COPY's binary format: a length word and the type's own binary form
 * (https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.4). It goes over a column at a time, without a
 * call or an object per value; it is made once per schema and holds the vector it measured last.
 */
export interface FieldEncoder {
  /**
   * Takes a vector and adds the bytes of each row's field to `sizes[row]`.
   * @throws RefusedValue for a value that Postgres cannot hold
   */
  measure(vector: Vector, range: RowRange, sizes: Int32Array): void;
  /** Writes the fields of rows that were measured, each at `positions[row]`, which becomes its end. */
  write(range: RowRange, frame: CopyFrame, positions: Int32Array): void;
}

/** A value that Postgres cannot hold; `copyEncoder` names stream and column and makes it a DataError. */
export class RefusedValue extends Error {
  constructor(
    readonly code: "value.nul_in_text" | "value.out_of_range" | "value.not_a_number",
    /** The row of the vector that was measured. */
    readonly row: number,
    readonly what: string,
    readonly hint: string,
  ) {
    super(what);
  }

  /** The error for people. `firstRow` is the position of the vector's first row in its load, from 1. */
  asDataError(place: { readonly stream: string; readonly column: string; readonly firstRow: number }): DataError {
    const row = `row ${place.firstRow + this.row} of the load`;
    return new DataError(this.code, `${place.stream}: column '${place.column}', ${row}: ${this.what}`, {
      stream: place.stream,
      column: place.column,
      row,
      hint: this.hint,
    });
  }
}

/** Whether a row is null. */
export function isNullAt(validity: Uint8Array | undefined, row: number): boolean {
  return validity !== undefined && (validity[row >> 3]! & (1 << (row & 7))) === 0;
}

/** Writes the field of a null, a length of -1; returns its end. */
export function writeNull(view: DataView, at: number): number {
  view.setInt32(at, -1);
  return at + 4;
}

/** Adds a field of `width` bytes and its length word for every row; of a null only the length word. */
export function measureFixed(
  validity: Uint8Array | undefined,
  { from, to }: RowRange,
  width: number,
  sizes: Int32Array,
): void {
  for (let row = from; row < to; row++) sizes[row]! += 4 + (isNullAt(validity, row) ? 0 : width);
}

/** The values of a fixed vector as 32-bit words, the low one first. */
export function wordsOf(vector: Vector): Int32Array {
  if (vector.layout !== "fixed") throw new TypeError(`a ${vector.layout} vector has no words`);
  return new Int32Array(vector.data.buffer, vector.data.byteOffset, vector.data.byteLength >> 2);
}

export const noWords: Int32Array = new Int32Array(0);
export const noBytes: Uint8Array = new Uint8Array(0);
