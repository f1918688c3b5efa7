import { MalformedValue, UnfitValue } from "./column-decoder.js";
import type { FixedLoop } from "./fixed-decoder.js";

/*
 * numeric_send (src/backend/utils/adt/numeric.c): int16 count of base-10000 digits, int16 weight of the first, uint16
 * sign, uint16 display scale, then the digits.
 */

const negativeSign = 0x4000;
const exactDouble = 2 ** 53;
const word = 2 ** 32;

/** numeric(precision, scale) as an unscaled integer of 64 bits (precision up to 18) or 128. */
export function decimalLoop(precision: number, scale: number): FixedLoop {
  const wordsPerRow = precision <= 18 ? 2 : 4;
  const fractionDigits = Math.ceil(scale / 4);
  // The last base-10000 digit is only partly within the scale: it is divided, and what stands before it multiplied by less.
  const tailDivisor = 10 ** (fractionDigits * 4 - scale);
  const tailFactor = 10_000 / tailDivisor;
  const tailPlace = -Math.max(fractionDigits, 1);
  const limit = limitOf(precision);
  const limbs = new Float64Array(4);
  const settings = { wordsPerRow, tailFactor, tailDivisor, greatest: limit.double, isQuick: fractionDigits === 1 };

  return ({ words, validity }, { view, positions }, from, count, row) => {
    // The loop is faster with variables of its own.
    const { wordsPerRow, tailFactor, tailDivisor, greatest, isQuick } = settings;
    for (let index = 0; index < count; index++) {
      const at = positions[from + index]!;
      if (at < 0) {
        validity.markNull(row + index);
        continue;
      }
      const target = (row + index) * wordsPerRow;
      const digits = view.getInt16(at);
      if (view.getInt32(at - 4) !== 8 + 2 * digits) throw new MalformedValue("a numeric has not the length it claims");
      const quick = isQuick ? quickValue(view, at, tailFactor, tailDivisor) : -1;
      if (quick >= 0 && quick <= greatest) {
        storeDouble(quick, words, target, wordsPerRow);
        continue;
      }
      const weight = view.getInt16(at + 2);
      const sign = view.getUint16(at + 4);
      if (sign > negativeSign) throw notFinite(sign, index);
      const last = at + 8 + 2 * digits;
      let digit = at + 8;
      let value = 0;
      let place = weight;
      if (digits > 0 && weight >= -fractionDigits) {
        for (; place > tailPlace; place--) {
          value *= 10_000;
          if (digit < last) {
            value += view.getInt16(digit);
            digit += 2;
          }
        }
        if (fractionDigits > 0) {
          const tail = digit < last ? view.getInt16(digit) / tailDivisor : 0;
          if (digit < last) digit += 2;
          if (tail !== Math.trunc(tail)) throw tooFine(scale, index);
          value = value * tailFactor + tail;
        }
      }
      if (digit < last) throw tooFine(scale, index);
      if (value < exactDouble) {
        if (value > limit.double) throw tooLarge(precision, scale, index);
        storeDouble(sign === 0 ? value : -value, words, target, wordsPerRow);
        continue;
      }
      wideValue(limbs, view, at, { tailPlace, tailFactor, tailDivisor, hasTail: fractionDigits > 0 });
      if (exceeds(limbs, limit.limbs)) throw tooLarge(precision, scale, index);
      storeWide(limbs, sign !== 0, words, target, wordsPerRow);
    }
  };
}

/**
 * What nearly every price and rate is: not negative, at most two base-10000 digits before the point and one behind it, all
 * within the scale. -1 for any other number.
 */
function quickValue(view: DataView, at: number, tailFactor: number, tailDivisor: number): number {
  let whole = 0;
  let fraction = 0;
  // The count of digits and the weight of the first.
  switch (view.getInt32(at)) {
    case 0x0001_ffff:
      fraction = view.getInt16(at + 8);
      break;
    case 0x0001_0000:
      whole = view.getInt16(at + 8);
      break;
    case 0x0002_0000:
      whole = view.getInt16(at + 8);
      fraction = view.getInt16(at + 10);
      break;
    case 0x0002_0001:
      whole = view.getInt16(at + 8) * 10_000 + view.getInt16(at + 10);
      break;
    case 0x0003_0001:
      whole = view.getInt16(at + 8) * 10_000 + view.getInt16(at + 10);
      fraction = view.getInt16(at + 12);
      break;
    default:
      return -1;
  }
  const tail = fraction / tailDivisor;
  return view.getInt16(at + 4) === 0 && tail === Math.trunc(tail) ? whole * tailFactor + tail : -1;
}

function storeDouble(value: number, words: Int32Array, target: number, count: number): void {
  words[target] = value;
  words[target + 1] = Math.floor(value / word);
  if (count === 2) return;
  const extension = value < 0 ? -1 : 0;
  words[target + 2] = extension;
  words[target + 3] = extension;
}

interface Tail {
  /** The place of the last base-10000 digit within the scale; the first behind the point has -1. */
  readonly tailPlace: number;
  readonly tailFactor: number;
  readonly tailDivisor: number;
  readonly hasTail: boolean;
}

/** The same sum in four 32-bit limbs, lowest first, for what a double does not hold exactly. */
function wideValue(limbs: Float64Array, view: DataView, at: number, tail: Tail): void {
  const { tailPlace, tailFactor, tailDivisor, hasTail } = tail;
  const last = at + 8 + 2 * view.getInt16(at);
  let digit = at + 8;
  limbs.fill(0);
  for (let place = view.getInt16(at + 2); place > tailPlace; place--) {
    multiplyAdd(limbs, 10_000, digit < last ? view.getInt16(digit) : 0);
    digit += 2;
  }
  if (hasTail) multiplyAdd(limbs, tailFactor, digit < last ? view.getInt16(digit) / tailDivisor : 0);
}

function multiplyAdd(limbs: Float64Array, factor: number, addend: number): void {
  let carry = addend;
  for (let limb = 0; limb < 4; limb++) {
    const sum = limbs[limb]! * factor + carry;
    carry = Math.floor(sum / word);
    limbs[limb] = sum - carry * word;
  }
  // Beyond 128 bits: it exceeds every precision, and must go on doing so.
  if (carry > 0) limbs.fill(word - 1);
}

function storeWide(limbs: Float64Array, negative: boolean, words: Int32Array, target: number, count: number): void {
  let carry = 1;
  for (let limb = 0; limb < count; limb++) {
    const value = negative ? word - 1 - limbs[limb]! + carry : limbs[limb]!;
    carry = value >= word ? 1 : 0;
    words[target + limb] = value;
  }
}

/** The greatest unscaled value of a precision. */
function limitOf(precision: number): { readonly double: number; readonly limbs: readonly number[] } {
  const greatest = 10n ** BigInt(precision) - 1n;
  const limbs = [0n, 32n, 64n, 96n].map((shift) => Number((greatest >> shift) & 0xffff_ffffn));
  return { double: Number(greatest), limbs };
}

function exceeds(limbs: Float64Array, limit: readonly number[]): boolean {
  for (let limb = 3; limb >= 0; limb--) {
    if (limbs[limb] !== limit[limb]) return limbs[limb]! > limit[limb]!;
  }
  return false;
}

const asText = "exclude the column, or cast it to text in a query";

function notFinite(sign: number, index: number): UnfitValue {
  const name = sign === 0xc000 ? "NaN" : sign === 0xd000 ? "Infinity" : "-Infinity";
  return new UnfitValue(`a decimal cannot hold ${name}`, index, `correct the value, ${asText}`);
}

function tooFine(scale: number, index: number): UnfitValue {
  return new UnfitValue(`the number has more than ${scale} digits after the point`, index, asText);
}

function tooLarge(precision: number, scale: number, index: number): UnfitValue {
  return new UnfitValue(`the number does not fit decimal(${precision},${scale})`, index, asText);
}
