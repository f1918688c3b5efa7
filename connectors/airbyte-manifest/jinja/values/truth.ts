import type { PyValue } from "./value.js";

/** `bool(value)`: zero, nothing and empty are false. */
export function isTruthy(value: PyValue): boolean {
  if (value === null) return false;
  if (typeof value !== "object") {
    return typeof value === "bigint" ? value !== 0n : typeof value === "number" ? value !== 0 : Boolean(value);
  }
  if (Array.isArray(value)) return value.length > 0;
  switch (value.kind) {
    case "dict":
      return value.size > 0 || value.traits?.truthy === true;
    case "set":
      return value.size > 0;
    case "tuple":
      return value.items.length > 0;
    case "bytes":
      return value.data.length > 0;
    case "markup":
      return value.text !== "";
    case "complex":
      return value.real !== 0 || value.imaginary !== 0;
    case "timedelta":
      return value.microseconds !== 0n;
    case "view":
      return value.of.size > 0;
    case "undefined":
      return false;
    default:
      return true;
  }
}
