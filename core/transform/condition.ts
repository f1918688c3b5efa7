import type { Batch } from "../../sdk/batch/batch.js";
import type { BytesVector, FixedVector, Vector } from "../../sdk/batch/vector.js";
import type { ColumnType } from "../../sdk/schema/column-type.js";

/** Rows as they came. */
export type Rows = Pick<Batch, "rows" | "vectors">;

/** Values that are there without the engine: of a column that came, or made of one here. */
export interface Values {
  readonly type: ColumnType;
  of(rows: Rows): Vector;
}

/**
 * What a condition is for each row, by Kleene's logic: 0 false, 1 not known, 2 true. So AND is the lesser, OR the greater
 * of two, and NOT is 2 without it.
 */
export type Condition = (rows: Rows) => Uint8Array;

export const truth = { no: 0, unknown: 1, yes: 2 } as const;

export function and(a: Condition, b: Condition): Condition {
  return combined(a, b, (x, y) => Math.min(x, y));
}

export function or(a: Condition, b: Condition): Condition {
  return combined(a, b, (x, y) => Math.max(x, y));
}

export function not(condition: Condition): Condition {
  return mapped(condition, [truth.yes, truth.unknown, truth.no]);
}

export function isFalse(condition: Condition): Condition {
  return mapped(condition, [truth.yes, truth.no, truth.no]);
}

export function isNotTrue(condition: Condition): Condition {
  return mapped(condition, [truth.yes, truth.yes, truth.no]);
}

export const never: Condition = ({ rows }) => new Uint8Array(rows);

export function isNullIn(values: Values): Condition {
  return (rows) => {
    const found = new Uint8Array(rows.rows);
    markNulls(found, values.of(rows), truth.yes);
    return found;
  };
}

/** Whether a whole number of 16 or 32 bits is one of [low, high]. */
export function isWithin32(values: Values, low: number, high: number): Condition {
  return (rows) => {
    const vector = values.of(rows) as FixedVector;
    const { buffer, byteOffset } = vector.data;
    const numbers =
      vector.width === 2
        ? new Int16Array(buffer, byteOffset, rows.rows)
        : new Int32Array(buffer, byteOffset, rows.rows);
    const found = new Uint8Array(rows.rows);
    for (let row = 0; row < found.length; row++) {
      const number = numbers[row]!;
      if (number >= low && number <= high) found[row] = truth.yes;
    }
    return markNulls(found, vector, truth.unknown);
  };
}

/** Whether a whole number of 64 bits is one of [low, high]. */
export function isWithin64(values: Values, low: bigint, high: bigint): Condition {
  const [lowHead, lowTail] = wordsOf(low);
  const [highHead, highTail] = wordsOf(high);
  return (rows) => {
    const vector = values.of(rows) as FixedVector;
    const words = new Int32Array(vector.data.buffer, vector.data.byteOffset, rows.rows * 2);
    const found = new Uint8Array(rows.rows);
    for (let row = 0; row < found.length; row++) {
      const head = words[row * 2 + 1]!;
      const tail = words[row * 2]! >>> 0;
      const reaches = head > lowHead || (head === lowHead && tail >= lowTail);
      if (reaches && (head < highHead || (head === highHead && tail <= highTail))) found[row] = truth.yes;
    }
    return markNulls(found, vector, truth.unknown);
  };
}

/** The upper word, signed, and the lower one. */
function wordsOf(value: bigint): [number, number] {
  return [Number(value >> 32n), Number(BigInt.asUintN(32, value))];
}

/** Whether a double is one of [low, high], and whether NaN is: SQL takes it for the greatest number of all. */
export function isWithinDoubles(values: Values, low: number, high: number, withNaN: boolean): Condition {
  const ofNaN = withNaN ? truth.yes : truth.no;
  return (rows) => {
    const vector = values.of(rows) as FixedVector;
    const numbers = new Float64Array(vector.data.buffer, vector.data.byteOffset, rows.rows);
    const found = new Uint8Array(rows.rows);
    for (let row = 0; row < found.length; row++) {
      const number = numbers[row]!;
      if (number >= low && number <= high) found[row] = truth.yes;
      else if (Number.isNaN(number)) found[row] = ofNaN;
    }
    return markNulls(found, vector, truth.unknown);
  };
}

/** Whether a text is one of these. */
export function isOneOf(values: Values, texts: readonly string[]): Condition {
  const options = [...new Set(texts)].map((text) => Buffer.from(text));
  return (rows) => {
    const vector = values.of(rows) as BytesVector;
    const { offsets, data } = vector;
    const found = new Uint8Array(rows.rows);
    for (let row = 0; row < found.length; row++) {
      const [start, length] = [offsets[row]!, offsets[row + 1]! - offsets[row]!];
      for (const option of options) {
        if (option.length === length && isAt(option, data, start)) found[row] = truth.yes;
      }
    }
    return markNulls(found, vector, truth.unknown);
  };
}

function isAt(text: Buffer, data: Uint8Array, start: number): boolean {
  for (let i = 0; i < text.length; i++) if (data[start + i] !== text[i]) return false;
  return true;
}

/** The remainders of whole numbers by a positive one below 2³¹, with the sign of the number, as SQL's `%` gives them. */
export function remainders(values: Values, divisor: number): Values {
  return {
    type: { kind: "int32" },
    of(rows) {
      const vector = values.of(rows) as FixedVector;
      const { width, validity } = vector;
      const { buffer, byteOffset } = vector.data;
      const made = new Int32Array(rows.rows);
      if (width === 2) {
        const numbers = new Int16Array(buffer, byteOffset, rows.rows);
        for (let row = 0; row < made.length; row++) made[row] = numbers[row]! % divisor;
      } else if (width === 4) {
        const numbers = new Int32Array(buffer, byteOffset, rows.rows);
        for (let row = 0; row < made.length; row++) made[row] = numbers[row]! % divisor;
      } else {
        const words = new Int32Array(buffer, byteOffset, rows.rows * 2);
        for (let row = 0; row < made.length; row++)
          made[row] = remainder64(words[row * 2]!, words[row * 2 + 1]!, divisor);
      }
      return { layout: "fixed", width: 4, data: new Uint8Array(made.buffer), validity };
    },
  };
}

/** Of a number of 64 bits in two words. */
function remainder64(tail: number, head: number, divisor: number): number {
  if (head === tail >> 31) return tail % divisor;
  // As far as doubles count.
  if (head >= -0x20_0000 && head < 0x20_0000) return (head * 0x1_0000_0000 + (tail >>> 0)) % divisor;
  return Number(((BigInt(head) << 32n) | BigInt(tail >>> 0)) % BigInt(divisor));
}

function markNulls(found: Uint8Array, { validity }: Vector, mark: number): Uint8Array {
  if (validity === undefined) return found;
  for (let row = 0; row < found.length; row++) {
    if ((validity[row >> 3]! & (1 << (row & 7))) === 0) found[row] = mark;
  }
  return found;
}

function combined(a: Condition, b: Condition, choose: (x: number, y: number) => number): Condition {
  return (rows) => {
    const found = a(rows);
    const other = b(rows);
    for (let row = 0; row < found.length; row++) found[row] = choose(found[row]!, other[row]!);
    return found;
  };
}

function mapped(condition: Condition, to: readonly [number, number, number]): Condition {
  return (rows) => {
    const found = condition(rows);
    for (let row = 0; row < found.length; row++) found[row] = to[found[row]!]!;
    return found;
  };
}
