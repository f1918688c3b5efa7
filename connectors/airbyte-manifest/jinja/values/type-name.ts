import type { PyValue } from "./value.js";

/** The name of a value's Python class, as `type(value).__name__`. */
export function typeName(value: PyValue): string {
  if (value === null) return "NoneType";
  switch (typeof value) {
    case "boolean":
      return "bool";
    case "bigint":
      return "int";
    case "number":
      return "float";
    case "string":
      return "str";
    default:
  }
  if (Array.isArray(value)) return "list";
  switch (value.kind) {
    case "dict":
      return value.traits?.type ?? "dict";
    case "set":
      return value.frozen ? "frozenset" : "set";
    case "markup":
      return "Markup";
    case "undefined":
      return "Undefined";
    case "duration":
      return "Duration";
    case "callable":
      return "function";
    case "iterator":
    case "view":
    case "object":
      return value.type;
    default:
      return value.kind;
  }
}
