import type { ColumnType } from "../../sdk/schema/column-type.js";
import { type Condition, isOneOf, isWithin32, isWithin64, isWithinDoubles, not, or, type Values } from "./condition.js";

export type Comparison = "=" | "<>" | "<" | "<=" | ">" | ">=";

/** A constant that values are compared with: a number in plain digits, microseconds or days of a time, or a text. */
export interface Constant {
  readonly kind: "number" | "time" | "text";
  readonly text: string;
}

/** Few digits enough to fit whatever type the engine would compare in. */
const plainNumber = /^[+-]?\d{1,15}(?:\.\d{1,9})?$/;
/** As many as a double has: more are rounded, and not everywhere in the same way. */
const doubleDigits = 15;

/**
 * A comparison with a constant on the column's own memory; undefined where that would not be sure to be the engine's:
 * exact for whole numbers, decimals and times, as doubles for doubles.
 */
export function compared(values: Values, comparison: Comparison, constant: Constant): Condition | undefined {
  if (comparison === "<>") {
    const same = compared(values, "=", constant);
    return same && not(same);
  }
  const { type } = values;
  const isNumber = constant.kind === "number" && plainNumber.test(constant.text);
  const isTime = constant.kind === "time" && /^-?\d{1,18}$/.test(constant.text);
  switch (type.kind) {
    case "string":
      return constant.kind === "text" && comparison === "=" ? isOneOf(values, [constant.text]) : undefined;
    case "float64":
      return isNumber && constant.text.replaceAll(/\D/g, "").length <= doubleDigits
        ? comparedDoubles(values, comparison, Number(constant.text))
        : undefined;
    case "int16":
    case "int32":
    case "int64":
      return isNumber ? comparedWhole(values, comparison, constant.text, 0) : undefined;
    case "decimal":
      return isNumber && type.precision <= 18
        ? comparedWhole(values, comparison, constant.text, type.scale)
        : undefined;
    case "date":
    case "datetime":
    case "timestamp":
      return isTime ? comparedWhole(values, comparison, constant.text, 0) : undefined;
    default:
      return undefined;
  }
}

/** Whether a value is one of these constants; undefined as for `compared`. */
export function comparedWithAny(values: Values, constants: readonly Constant[]): Condition | undefined {
  if (values.type.kind === "string") {
    const texts = constants.filter(({ kind }) => kind === "text").map(({ text }) => text);
    return texts.length === constants.length ? isOneOf(values, texts) : undefined;
  }
  let any: Condition | undefined;
  for (const constant of constants) {
    const same = compared(values, "=", constant);
    if (same === undefined) return undefined;
    any = any === undefined ? same : or(any, same);
  }
  return any;
}

function comparedDoubles(values: Values, comparison: Comparison, bound: number): Condition {
  const nothing = Number.NEGATIVE_INFINITY;
  const all = Number.POSITIVE_INFINITY;
  switch (comparison) {
    case "<":
      return not(isWithinDoubles(values, bound, all, true));
    case "<=":
      return isWithinDoubles(values, nothing, bound, false);
    case ">":
      return not(isWithinDoubles(values, nothing, bound, false));
    case ">=":
      return isWithinDoubles(values, bound, all, true);
    default:
      return isWithinDoubles(values, bound, bound, false);
  }
}

/** Numbers of a scale, by their unscaled whole numbers: what lies between two of them is moved to the nearest that counts. */
function comparedWhole(values: Values, comparison: Comparison, text: string, scale: number): Condition {
  const { below, above } = unscaledNeighbours(text, scale);
  const bits = bitsOf(values.type);
  const [least, most] = [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n];
  const within = (low: bigint, high: bigint): Condition => {
    const [from, to] = [low < least ? least : low, high > most ? most : high];
    if (from > to) return knownFalse(values);
    return bits === 64n ? isWithin64(values, from, to) : isWithin32(values, Number(from), Number(to));
  };
  switch (comparison) {
    case "<":
      return within(least, above - 1n);
    case "<=":
      return within(least, below);
    case ">":
      return within(below + 1n, most);
    case ">=":
      return within(above, most);
    default:
      return below === above ? within(below, below) : knownFalse(values);
  }
}

/** False, or not known for a null. */
function knownFalse(values: Values): Condition {
  return bitsOf(values.type) === 64n ? isWithin64(values, 1n, 0n) : isWithin32(values, 1, 0);
}

function bitsOf({ kind }: ColumnType): bigint {
  return kind === "int16" ? 16n : kind === "int32" || kind === "date" ? 32n : 64n;
}

/** The greatest whole number that is not above the number times 10^scale, and the least that is not below. */
function unscaledNeighbours(text: string, scale: number): { below: bigint; above: bigint } {
  const [, sign, whole, fraction = ""] = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text)!;
  const kept = BigInt(whole + fraction.slice(0, scale).padEnd(scale, "0"));
  const isWhole = /^0*$/.test(fraction.slice(scale));
  if (sign === "-") return { below: isWhole ? -kept : -kept - 1n, above: -kept };
  return { below: kept, above: isWhole ? kept : kept + 1n };
}
