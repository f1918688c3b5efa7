import { type FieldEncoder, isNullAt, noWords, wordsOf, writeNull } from "./copy-encode-field.js";

// Postgres' digits and signs: src/backend/utils/adt/numeric.c.
const base = 10_000;
const negative = 0x4000;
/** 38 digits in groups of four that begin at the decimal point. */
const maxGroups = 11;
const word = 0x1_0000_0000;

/**
 * decimal(p,s) as numeric: digit groups of base 10,000 around the decimal point, with no zero group at either end.
 * `width` is that of the unscaled integer: 8 or 16 bytes.
 */
export function numericField({ scale, width }: { readonly scale: number; readonly width: number }): FieldEncoder {
  // The lowest group holds what is left of the scale's digits, moved to its left end.
  const lowestDivisor = scale === 0 ? base : 10 ** (((scale - 1) % 4) + 1);
  const fractionGroups = Math.ceil(scale / 4);
  const wordsPerRow = width >> 2;
  const limbs = new Float64Array(4);
  let values = noWords;
  let validity: Uint8Array | undefined;
  /** `maxGroups` a row, the lowest first. */
  let digits = new Uint16Array(0);
  /** Two words a row as they stand in the field: count and weight, sign and scale. */
  let heads = new Int32Array(0);

  /** Splits a row's number into digit groups and returns how many there are. */
  function split(row: number): number {
    const at = row * wordsPerRow;
    const high = values[at + wordsPerRow - 1]!;
    const narrow = width === 8 && high >= -0x20_0000 && high < 0x20_0000;
    let divisor = lowestDivisor;
    let factor = base / lowestDivisor;
    let groups = 0;
    let count = 0;
    let rest = 0;
    if (narrow) {
      rest = Math.abs(high * word + (values[at]! >>> 0));
    } else {
      loadMagnitude(limbs, values, at, wordsPerRow);
      while (limbs[3]! + limbs[2]! > 0 || limbs[1]! >= 0x20_0000) {
        const group = divideInPlace(limbs, divisor) * factor;
        if (count > 0 || group > 0) digits[row * maxGroups + count++] = group;
        groups++;
        divisor = base;
        factor = 1;
      }
      rest = limbs[1]! * word + limbs[0]!;
    }
    while (rest > 0) {
      const quotient = Math.floor(rest / divisor);
      const group = (rest - quotient * divisor) * factor;
      if (count > 0 || group > 0) digits[row * maxGroups + count++] = group;
      groups++;
      rest = quotient;
      divisor = base;
      factor = 1;
    }
    const weight = count === 0 ? 0 : groups - fractionGroups - 1;
    heads[2 * row] = (count << 16) | (weight & 0xffff);
    heads[2 * row + 1] = ((high < 0 ? negative : 0) << 16) | scale;
    return count;
  }

  return {
    measure(vector, { from, to }, sizes) {
      values = wordsOf(vector);
      validity = vector.validity;
      if (heads.length < 2 * to) {
        heads = new Int32Array(2 * to);
        digits = new Uint16Array(maxGroups * to);
      }
      for (let row = from; row < to; row++) sizes[row]! += isNullAt(validity, row) ? 4 : 12 + 2 * split(row);
    },
    write({ from, to }, { view }, positions) {
      for (let row = from; row < to; row++) {
        let at = positions[row]!;
        if (isNullAt(validity, row)) {
          positions[row] = writeNull(view, at);
          continue;
        }
        const head = heads[2 * row]!;
        const count = head >> 16;
        view.setInt32(at, 8 + 2 * count);
        view.setInt32(at + 4, head);
        view.setInt32(at + 8, heads[2 * row + 1]!);
        at += 12;
        const lowest = row * maxGroups;
        for (let i = lowest + count - 1; i >= lowest; i--, at += 2) view.setInt16(at, digits[i]!);
        positions[row] = at;
      }
    },
  };
}

/** The absolute value of a two's complement number of `length` words, as four unsigned words, the low one first. */
function loadMagnitude(limbs: Float64Array, values: Int32Array, at: number, length: number): void {
  const sign = values[at + length - 1]! < 0 ? -1 : 1;
  let carry = 0;
  for (let i = 0; i < 4; i++) {
    const part = i < length ? sign * (values[at + i]! >>> 0) + carry : 0;
    limbs[i] = part < 0 ? part + word : part;
    carry = part < 0 ? -1 : 0;
  }
}

/** Divides a number of four words by a small divisor and returns the remainder. */
function divideInPlace(limbs: Float64Array, divisor: number): number {
  let remainder = 0;
  for (let i = 3; i >= 0; i--) {
    const part = remainder * word + limbs[i]!;
    const quotient = Math.floor(part / divisor);
    limbs[i] = quotient;
    remainder = part - quotient * divisor;
  }
  return remainder;
}
