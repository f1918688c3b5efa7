import type { Run } from "../run.js";
import { toIndex } from "../values/numbers.js";
import { PythonError } from "../values/python-error.js";
import { typeName } from "../values/type-name.js";
import { isUndefined, undefinedError } from "../values/undefined.js";
import type { PyValue } from "../values/value.js";

/** `of[start:stop:step]`; unlike for a missing item, a value that has no slices is a TypeError. */
export function sliceOf(run: Run, of: PyValue, parts: readonly PyValue[]): PyValue {
  if (isUndefined(of)) throw undefinedError(of);
  const cut = <T>(items: readonly T[]): T[] => {
    const places = slicePlaces(items.length, parts);
    run.step(places.length);
    return places.map((at) => items[at]!);
  };
  let result: PyValue | undefined;
  if (typeof of === "string") result = cut([...of]).join("");
  else if (Array.isArray(of)) result = cut(of);
  else if (of !== null && typeof of === "object") {
    if (of.kind === "tuple") result = { kind: "tuple", items: cut(of.items) };
    else if (of.kind === "markup") result = { kind: "markup", text: cut([...of.text]).join("") };
    else if (of.kind === "bytes") result = { kind: "bytes", data: Uint8Array.from(cut([...of.data])) };
  }
  if (result !== undefined) return result;
  const isDict = of !== null && typeof of === "object" && !Array.isArray(of) && of.kind === "dict";
  const reason = isDict ? "unhashable type: 'slice'" : `'${typeName(of)}' object is not subscriptable`;
  throw new PythonError("TypeError", reason);
}

/** The places that a slice takes from a sequence, in order. */
function slicePlaces(length: number, parts: readonly PyValue[]): number[] {
  const numbers = parts.map((part) => {
    if (part === null) return undefined;
    if (typeof part === "boolean") return Number(part);
    if (typeof part === "bigint") return toIndex(part);
    const message = "slice indices must be integers or None or have an __index__ method";
    throw new PythonError("TypeError", message);
  });
  const step = numbers[2] ?? 1;
  if (step === 0) throw new PythonError("ValueError", "slice step cannot be zero");
  const backwards = step < 0;
  const low = backwards ? -1 : 0;
  const high = backwards ? length - 1 : length;
  const bound = (value: number | undefined, fallback: number) => {
    if (value === undefined) return fallback;
    return Math.min(high, Math.max(low, value < 0 ? value + length : value));
  };
  const start = bound(numbers[0], backwards ? high : low);
  const stop = bound(numbers[1], backwards ? low : high);
  const places: number[] = [];
  for (let at = start; backwards ? at > stop : at < stop; at += step) places.push(at);
  return places;
}
