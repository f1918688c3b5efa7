import { pyDict } from "../jinja/values/dict.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";
import { isDict } from "./is-dict.js";

/** A deep copy of lists and dicts; everything else cannot change and is shared. */
export function copyOf(value: PyValue): PyValue {
  if (Array.isArray(value)) return value.map(copyOf);
  return isDict(value) ? copyOfDict(value) : value;
}

export function copyOfDict(dict: PyDict): PyDict {
  const copy = pyDict();
  for (const [key, value] of dict) copy.set(key, copyOf(value));
  return copy;
}
