import { type FieldEncoder, isNullAt, noBytes, RefusedValue, writeNull } from "./copy-encode-field.js";

// Signs that stand for values without digits: src/backend/utils/adt/numeric.c.
const negative = 0x4000;
const special: ReadonlyMap<string, number> = new Map([
  ["NaN", 0xc000],
  ["Infinity", 0xd000],
  ["-Infinity", 0xf000],
]);
const [minus, point, zero, nine] = [0x2d, 0x2e, 0x30, 0x39];

/**
 * The decimal text of a number as numeric, whatever its length: the server's own text of a numeric without precision.
 * Digit groups of zeros at the ends are left to the server to drop.
 */
export function numericTextField(): FieldEncoder {
  let offsets: Int32Array = new Int32Array(1);
  let data = noBytes;
  let validity: Uint8Array | undefined;
  // The number that was located last; no object per value.
  let start = 0;
  let dot = 0;
  let end = 0;
  let sign = 0;
  return {
    measure(vector, { from, to }, sizes) {
      if (vector.layout !== "bytes") throw new TypeError(`a ${vector.layout} vector has no text`);
      ({ offsets, data, validity } = vector);
      for (let row = from; row < to; row++) {
        sizes[row]! += isNullAt(validity, row) ? 4 : 12 + 2 * countGroups(row);
      }
    },
    write({ from, to }, { view }, positions) {
      for (let row = from; row < to; row++) {
        const at = positions[row]!;
        positions[row] = isNullAt(validity, row) ? writeNull(view, at) : writeNumber(row, view, at);
      }
    },
  };

  /** Checks a number and counts its digit groups on both sides of the point. */
  function countGroups(row: number): number {
    locate(row);
    for (let i = start; i < end; i++) {
      if ((data[i]! < zero || data[i]! > nine) && i !== dot) return countSpecial(row);
    }
    if (end - start - (dot < end ? 1 : 0) < 1) return countSpecial(row);
    return Math.ceil((dot - start) / 4) + Math.ceil(Math.max(end - dot - 1, 0) / 4);
  }

  function countSpecial(row: number): number {
    const text = textOf(row);
    if (special.has(text)) return 0;
    throw new RefusedValue(
      "value.not_a_number",
      row,
      `'${text.slice(0, 40)}' is not the text of a number`,
      "cast the column to string",
    );
  }

  function writeNumber(row: number, view: DataView, at: number): number {
    locate(row);
    if (data[end - 1]! > nine) {
      view.setInt32(at, 8);
      view.setInt32(at + 4, 0);
      view.setInt32(at + 8, special.get(textOf(row))! << 16);
      return at + 12;
    }
    const scale = Math.max(end - dot - 1, 0);
    const before = Math.ceil((dot - start) / 4);
    const groups = before + Math.ceil(scale / 4);
    view.setInt32(at, 8 + 2 * groups);
    view.setInt16(at + 4, groups);
    view.setInt16(at + 6, before - 1);
    view.setInt16(at + 8, sign);
    view.setInt16(at + 10, scale);
    let next = at + 12;
    for (let group = dot - 4 * before; group < dot; group += 4, next += 2) {
      view.setInt16(next, fourDigits(group, start, dot));
    }
    for (let group = dot + 1; group < end; group += 4, next += 2) view.setInt16(next, fourDigits(group, start, end));
    return next;
  }

  /** The number of four digits from `at`; where there is no digit between `from` and `to`, a zero. */
  function fourDigits(at: number, from: number, to: number): number {
    let value = 0;
    for (let i = at; i < at + 4; i++) value = value * 10 + (i >= from && i < to ? data[i]! - zero : 0);
    return value;
  }

  /** Finds a row's digits, and the point among them, which is at their end where there is none. */
  function locate(row: number): void {
    end = offsets[row + 1]!;
    start = offsets[row]!;
    sign = start < end && data[start] === minus ? negative : 0;
    if (sign !== 0) start++;
    dot = start;
    while (dot < end && data[dot] !== point) dot++;
  }

  function textOf(row: number): string {
    return Buffer.from(data.buffer, data.byteOffset + offsets[row]!, offsets[row + 1]! - offsets[row]!).toString();
  }
}
