import type { PyDict, PyValue } from "../jinja/values/value.js";

/** Whether a value is a dict. */
export function isDict(value: PyValue | undefined): value is PyDict {
  return typeof value === "object" && value !== null && !Array.isArray(value) && value.kind === "dict";
}
