import { type ColumnType, decimal, scalar } from "../../../sdk/index.js";

/** What a text can be read as, exactly: the narrowest of these, each a bit in `TextEvidence.classes`. */
export const textClass = {
  boolean: 1,
  integer: 2,
  decimal: 4,
  float: 8,
  date: 16,
  datetime: 32,
  timestamp: 64,
  string: 128,
  json: 256,
  /** A fraction with the many digits of a float64 that a program printed, as `0.016666666666666666`. */
  printedFloat: 512,
} as const;

/** What the values of one column have shown so far. Two pieces of evidence add up, in any order. */
export interface TextEvidence {
  /** The classes seen, as bits of `textClass`; 0: nothing but NULL. */
  readonly classes: number;
  /** The most digits before the decimal point of any number, without leading zeros. */
  readonly integerDigits: number;
  /** The most digits after it. */
  readonly scale: number;
  /** Whether every number is what a float64 prints, so that a float64 holds it exactly. */
  readonly floatExact: boolean;
}

export const noEvidence: TextEvidence = { classes: 0, integerDigits: 0, scale: 0, floatExact: true };

export function addEvidence(a: TextEvidence, b: TextEvidence): TextEvidence {
  return {
    classes: a.classes | b.classes,
    integerDigits: Math.max(a.integerDigits, b.integerDigits),
    scale: Math.max(a.scale, b.scale),
    floatExact: a.floatExact && b.floatExact,
  };
}

/** Decimals are 18 or 38 digits wide: what fits 64 or 128 bits, so that larger numbers rarely change the type. */
const precisions = [18, 38];

/**
 * The narrowest type that holds every value exactly. Integers are int64; larger ones and those with a fraction are
 * decimals with the longest fraction seen. Printed floats, numbers beyond 38 digits or with an exponent make the column
 * float64 where a float64 prints each number with the same digits; else it is decimal where all of them fit, or string.
 * Undefined where there is no value.
 */
export function typeOfEvidence({ classes, integerDigits, scale, floatExact }: TextEvidence): ColumnType | undefined {
  const only = (allowed: number) => (classes & ~allowed) === 0;
  if (classes === 0) return undefined;
  if (only(textClass.boolean)) return scalar("boolean");
  if (only(textClass.integer)) return scalar("int64");
  const decimals = textClass.integer | textClass.decimal | textClass.printedFloat;
  if (only(decimals | textClass.float)) {
    const isFloat = floatExact && (classes & (textClass.printedFloat | textClass.float)) !== 0;
    const precision = precisions.find((digits) => integerDigits + scale <= digits);
    if (only(decimals) && !isFloat && precision !== undefined) return decimal(precision, scale);
    return scalar(floatExact ? "float64" : "string");
  }
  if (only(textClass.date)) return scalar("date");
  if (only(textClass.date | textClass.datetime)) return scalar("datetime");
  if (only(textClass.timestamp)) return scalar("timestamp");
  if ((classes & textClass.json) !== 0) return scalar("json");
  return scalar("string");
}
