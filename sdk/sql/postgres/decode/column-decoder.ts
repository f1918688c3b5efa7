import type { Vector } from "../../../batch/vector.js";

/**
 * Decodes one column's values into a vector, a group of values at a time: one tight loop a type, so that no call and no
 * JS value is spent on a cell.
 */
export interface ColumnDecoder {
  /** Begins a vector for at least `rows` rows. */
  begin(rows: number): void;
  /** Decodes values [from, from + count) of `values` into rows [row, row + count), each row once and in order. */
  decode(values: Values, from: number, count: number, row: number): void;
  /** The vector of rows [0, rows); its buffers belong to the caller from now on. */
  finish(rows: number): Vector;
}

/** Gives memory of at least so many bytes, with anything in it. */
export type Memory = (bytes: number) => ArrayBuffer;

/** Where values stand in the bytes of the server. `copySlack` bytes may be read past each. */
export interface Values {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** The first byte of each value, whose length is the int32 before it; -1 where the value is null. */
  readonly positions: Int32Array;
  /** What stands at the positions has no more bytes than this. */
  readonly size: number;
}

/** A value that its column's type cannot hold: turned into a DataError where stream, column and key are known. */
export class UnfitValue extends Error {
  /** @param index of the value among those given to `decode` */
  constructor(
    message: string,
    readonly index: number,
    readonly hint: string,
  ) {
    super(message);
  }
}

/** A value's bytes are not what its type prescribes: the table changed under us, or we are wrong. */
export class MalformedValue extends Error {}

/** Checks the length the server gives a value of fixed width. */
export function checkLength(view: DataView, position: number, expected: number): void {
  const length = view.getInt32(position - 4);
  if (length !== expected) throw new MalformedValue(`a value has ${length} bytes where its type has ${expected}`);
}
