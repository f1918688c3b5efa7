import { getAttribute, memberOf } from "../members/members.js";
import { asCount } from "../members/method.js";
import { lengthOf } from "../values/iterate.js";
import { numeric, roundFloat, roundInt, toFloat, truncated } from "../values/numbers.js";
import { parseFloatText, parseIntBase } from "../values/parse-number.js";
import { PythonError } from "../values/python-error.js";
import { isTruthy } from "../values/truth.js";
import { typeName } from "../values/type-name.js";
import { isUndefined, undefinedError, undefinedMember } from "../values/undefined.js";
import type { PyValue } from "../values/value.js";
import { type Filters, filter } from "./filter.js";

const fallback = filter("default", "default_value? boolean?", (_run, value, [other = "", boolean]) => {
  const isWanted = isUndefined(value) || (boolean !== undefined && isTruthy(boolean) && !isTruthy(value));
  return isWanted ? other : value;
});

const length = filter("length", "", (_run, value) => {
  const count = lengthOf(value);
  if (count === undefined) throw new PythonError("TypeError", `object of type '${typeName(value)}' has no len()`);
  return BigInt(count);
});

/** Filters of single values. */
export const valueFilters: Filters = {
  default: fallback,
  d: fallback,
  length,
  count: length,
  int: filter("int", "default? base?", (_run, value, [other = 0n, base]) => toInt(value, asCount(base, 10)) ?? other),
  float: filter("float", "default?", (_run, value, [other = 0]) => toFloatValue(value) ?? other),
  abs: filter("abs", "", (_run, value) => {
    if (isUndefined(value)) throw new PythonError("TypeError", "bad operand type for abs(): 'Undefined'");
    if (typeof value === "object" && value !== null && "kind" in value && value.kind === "timedelta") {
      return { ...value, microseconds: value.microseconds < 0n ? -value.microseconds : value.microseconds };
    }
    const number = numeric(value);
    if (number === undefined) throw new PythonError("TypeError", `bad operand type for abs(): '${typeName(value)}'`);
    return number < 0 || Object.is(number, -0) ? -number : number;
  }),
  round: filter("round", "precision? method?", (_run, value, [precision, method = "common"]) => {
    return round(value, asCount(precision, 0), method);
  }),
  attr: filter("attr", "name", (run, value, [name]) => {
    if (isUndefined(value)) throw undefinedError(value);
    if (typeof name !== "string" || memberOf(run, value, name) === undefined) return undefinedMember(value, name!, "");
    return getAttribute(run, value, name);
  }),
};

/** `int(value)` as far as it goes, through float where the text is one; undefined where it fails. */
function toInt(value: PyValue, base: number): bigint | undefined {
  if (isUndefined(value)) throw undefinedError(value);
  const number = numeric(value);
  if (typeof number === "bigint") return number;
  const text = textOf(value);
  const int = text === undefined ? undefined : parseIntBase(text, base);
  if (int !== undefined) return int;
  const float = number ?? (text === undefined ? undefined : parseFloatText(text));
  if (float === undefined) return undefined;
  // Out of a float itself, int() lets infinity pass as an OverflowError.
  if (typeof value === "number" && !Number.isFinite(value) && !Number.isNaN(value)) return truncated(value);
  return Number.isFinite(float) ? truncated(float) : undefined;
}

function toFloatValue(value: PyValue): number | undefined {
  if (isUndefined(value)) throw undefinedError(value);
  const number = numeric(value);
  if (number !== undefined) return toFloat(number);
  const text = textOf(value);
  return text === undefined ? undefined : parseFloatText(text);
}

function textOf(value: PyValue): string | undefined {
  if (typeof value === "string") return value;
  if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
  if (value.kind === "markup") return value.text;
  return value.kind === "bytes" ? Buffer.from(value.data).toString("latin1") : undefined;
}

function round(value: PyValue, precision: number, method: PyValue): PyValue {
  if (method !== "common" && method !== "ceil" && method !== "floor") {
    throw new PythonError("FilterArgumentError", "method must be common, ceil or floor");
  }
  const number = numeric(value);
  if (number === undefined) {
    if (isUndefined(value) && method !== "common") throw undefinedError(value);
    throw new PythonError("TypeError", `type ${typeName(value)} doesn't define __round__ method`);
  }
  if (method === "common")
    return typeof number === "bigint" ? roundInt(number, precision) : roundFloat(number, precision);
  const scaled = toFloat(number) * 10 ** precision;
  // Of the int that Python has here, zero has no sign.
  return ((method === "ceil" ? Math.ceil(scaled) : Math.floor(scaled)) + 0) / 10 ** precision;
}
