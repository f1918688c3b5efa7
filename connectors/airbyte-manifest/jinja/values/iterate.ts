import { PythonError } from "./python-error.js";
import { typeName } from "./type-name.js";
import type { PyIterator, PyTuple, PyValue } from "./value.js";

/** `iter(value)`: characters of a string, keys of a dict, nothing for an undefined value; a TypeError for the rest. */
export function iterate(value: PyValue): Iterable<PyValue> {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return growing(value);
  if (value !== null && typeof value === "object") {
    switch (value.kind) {
      case "dict":
        return value.keys();
      case "set":
        return value;
      case "tuple":
        return value.items;
      case "markup":
        return value.text;
      case "bytes":
        return Array.from(value.data, BigInt);
      case "undefined":
        return [];
      case "iterator":
        return { [Symbol.iterator]: () => value.walk };
      case "view":
        if (value.type === "dict_keys") return value.of.keys();
        if (value.type === "dict_values") return value.of.values();
        return pairs(value.of);
      default:
    }
  }
  throw new PythonError("TypeError", `'${typeName(value)}' object is not iterable`);
}

export function isIterable(value: PyValue): boolean {
  if (typeof value === "string") return true;
  if (value === null || typeof value !== "object") return false;
  if (Array.isArray(value)) return true;
  return ["dict", "set", "tuple", "markup", "bytes", "undefined", "iterator", "view"].includes(value.kind);
}

/** `len(value)`; undefined where Python knows no length. */
export function lengthOf(value: PyValue): number | undefined {
  if (typeof value === "string") return textLength(value);
  if (value === null || typeof value !== "object") return undefined;
  if (Array.isArray(value)) return value.length;
  switch (value.kind) {
    case "dict":
    case "set":
      return value.size;
    case "tuple":
      return value.items.length;
    case "markup":
      return textLength(value.text);
    case "bytes":
      return value.data.length;
    case "view":
      return value.of.size;
    case "undefined":
      return 0;
    default:
      return undefined;
  }
}

/** The number of code points, which is what Python counts. */
export function textLength(text: string): number {
  let length = text.length;
  for (let at = 0; at < text.length - 1; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0xd800 && unit < 0xdc00 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) length--;
  }
  return length;
}

export function tuple(...items: PyValue[]): PyTuple {
  return { kind: "tuple", items };
}

/** A generator, as lazy filters return it. */
export function generator(values: Iterable<PyValue>, type = "generator"): PyIterator {
  const walk = values[Symbol.iterator]();
  // Without `return`: leaving a loop over it early must not end it.
  return { kind: "iterator", type, walk: { next: () => walk.next() } };
}

/** A list may grow while it is walked; the walk then goes on, as in Python. */
function* growing(list: PyValue[]): Generator<PyValue, void> {
  for (let at = 0; at < list.length; at++) yield list[at]!;
}

function* pairs(dict: Iterable<[PyValue, PyValue]>): Generator<PyValue, void> {
  for (const [key, value] of dict) yield tuple(key, value);
}
