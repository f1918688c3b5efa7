import { plainDate, plainDatetime, plainTimestamp } from "../../../../sdk/batch/plain-time.js";
import { isFloatExact } from "../../json/json-evidence.js";
import { plainNumber, readNumber, safeDigits, unscaledDecimal } from "./plain-number.js";
import type { FixedLoop, FixedTarget } from "./text-column.js";

/*
 * Each loop takes texts that DuckDB's reader under `textValueSql` takes, as the same value; it stops at a text that is not
 * plainly of its type, and DuckDB decides about that.
 */

const minus = 0x2d;
const twoTo32 = 2 ** 32;
const powersOfTen = Array.from({ length: safeDigits + 1 }, (_, exponent) => 10 ** exponent);

function setInt64({ words }: FixedTarget, row: number, value: number): void {
  const high = Math.floor(value / twoTo32);
  words[2 * row] = (value - high * twoTo32) | 0;
  words[2 * row + 1] = high;
}

export function int64Loop(): FixedLoop {
  const number = plainNumber();
  return (target, { bytes, starts, ends, first }, count, row) => {
    for (let i = 0; i < count; i++) {
      const start = starts[first + i]!;
      if (start < 0) {
        target.markNull(row + i);
        continue;
      }
      const negative = bytes[start] === minus;
      if (readNumber(bytes, start, ends[first + i]!, number)) {
        if (number.fractionDigits > 0 || (negative && number.digits === 0)) return i;
        setInt64(target, row + i, negative ? -number.digits : number.digits);
        continue;
      }
      const value = unscaledDecimal(bytes.toString("latin1", start, ends[first + i]), 19, 0);
      if (value === undefined || BigInt.asIntN(64, value) !== value) return i;
      target.view.setBigInt64(8 * (row + i), value, true);
    }
    return count;
  };
}

/** Decimals of at most 18 digits: eight bytes a value. */
export function decimalLoop(precision: number, scale: number): FixedLoop {
  const number = plainNumber();
  return (target, { bytes, starts, ends, first }, count, row) => {
    for (let i = 0; i < count; i++) {
      const start = starts[first + i]!;
      if (start < 0) {
        target.markNull(row + i);
        continue;
      }
      const negative = bytes[start] === minus;
      if (readNumber(bytes, start, ends[first + i]!, number)) {
        const { digits, wholeDigits, fractionDigits } = number;
        if (fractionDigits > scale || wholeDigits > precision - scale || (negative && digits === 0)) return i;
        if (wholeDigits + scale <= safeDigits) {
          const unscaled = digits * powersOfTen[scale - fractionDigits]!;
          setInt64(target, row + i, negative ? -unscaled : unscaled);
          continue;
        }
      }
      const value = unscaledDecimal(bytes.toString("latin1", start, ends[first + i]), precision, scale);
      if (value === undefined) return i;
      target.view.setBigInt64(8 * (row + i), value, true);
    }
    return count;
  };
}

/** Decimals of more than 18 digits: sixteen bytes a value. */
export function wideDecimalLoop(precision: number, scale: number): FixedLoop {
  return ({ view, markNull }, { bytes, starts, ends, first }, count, row) => {
    for (let i = 0; i < count; i++) {
      const start = starts[first + i]!;
      if (start < 0) {
        markNull(row + i);
        continue;
      }
      const value = unscaledDecimal(bytes.toString("latin1", start, ends[first + i]), precision, scale);
      if (value === undefined) return i;
      view.setBigInt64(16 * (row + i), BigInt.asIntN(64, value), true);
      view.setBigInt64(16 * (row + i) + 8, value >> 64n, true);
    }
    return count;
  };
}

const floatText = /^-?(?:(?:0|[1-9]\d*)(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?$/;

export function float64Loop(): FixedLoop {
  const number = plainNumber();
  return ({ view, markNull }, { bytes, starts, ends, first }, count, row) => {
    for (let i = 0; i < count; i++) {
      const start = starts[first + i]!;
      if (start < 0) {
        markNull(row + i);
        continue;
      }
      let value: number;
      if (readNumber(bytes, start, ends[first + i]!, number)) {
        // Both are exact, so that their quotient is the nearest float64.
        value = number.digits / powersOfTen[number.fractionDigits]!;
        if (bytes[start] === minus) value = -value;
      } else {
        const text = bytes.toString("latin1", start, ends[first + i]);
        value = Number(text);
        if (!floatText.test(text) || !Number.isFinite(value)) return i;
        if (String(value) !== text && !isFloatExact(text)) return i;
      }
      view.setFloat64(8 * (row + i), value, true);
    }
    return count;
  };
}

export const dateLoop: FixedLoop = ({ words, markNull }, { bytes, starts, ends, first }, count, row) => {
  for (let i = 0; i < count; i++) {
    const start = starts[first + i]!;
    if (start < 0) {
      markNull(row + i);
      continue;
    }
    const days = plainDate(bytes, start, ends[first + i]!);
    if (Number.isNaN(days)) return i;
    words[row + i] = days;
  }
  return count;
};

const microsPerDay = 86_400_000_000;

/** A date alone is its midnight. */
export const datetimeLoop = timeLoop((bytes, start, end) =>
  end - start === 10 ? plainDate(bytes, start, end) * microsPerDay : plainDatetime(bytes, start, end),
);

export const timestampLoop = timeLoop(plainTimestamp);

function timeLoop(micros: (bytes: Uint8Array, start: number, end: number) => number): FixedLoop {
  return (target, { bytes, starts, ends, first }, count, row) => {
    for (let i = 0; i < count; i++) {
      const start = starts[first + i]!;
      if (start < 0) {
        target.markNull(row + i);
        continue;
      }
      const value = micros(bytes, start, ends[first + i]!);
      if (Number.isNaN(value)) return i;
      setInt64(target, row + i, value);
    }
    return count;
  };
}
