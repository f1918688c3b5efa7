import type { Run } from "../run.js";
import { toIndex } from "../values/numbers.js";
import { PythonError } from "../values/python-error.js";
import { isUndefined, undefinedError, undefinedMember } from "../values/undefined.js";
import type { PyValue } from "../values/value.js";

/** `of[start:stop:step]`; undefined (as in Jinja) where the value has no slices. */
export function sliceOf(run: Run, of: PyValue, parts: readonly PyValue[]): PyValue {
  if (isUndefined(of)) throw undefinedError(of);
  const cut = <T>(items: readonly T[]): T[] | undefined => {
    const places = slicePlaces(items.length, parts);
    run.step(places?.length ?? 0);
    return places?.map((at) => items[at]!);
  };
  let result: PyValue | undefined;
  if (typeof of === "string") result = cut([...of])?.join("");
  else if (Array.isArray(of)) result = cut(of);
  else if (of !== null && typeof of === "object") {
    if (of.kind === "tuple") {
      const items = cut(of.items);
      result = items && { kind: "tuple", items };
    } else if (of.kind === "markup") {
      const text = cut([...of.text])?.join("");
      result = text === undefined ? undefined : { kind: "markup", text };
    } else if (of.kind === "bytes") {
      const data = cut([...of.data]);
      result = data && { kind: "bytes", data: Uint8Array.from(data) };
    }
  }
  return result === undefined ? undefinedMember(of, null, "slice") : result;
}

/** The places that a slice takes from a sequence, in order; undefined where a part is neither None nor an int. */
function slicePlaces(length: number, parts: readonly PyValue[]): number[] | undefined {
  const numbers = parts.map((part) => {
    if (part === null) return undefined;
    if (typeof part === "boolean") return Number(part);
    return typeof part === "bigint" ? toIndex(part) : Number.NaN;
  });
  if (numbers.some(Number.isNaN)) return undefined;
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
