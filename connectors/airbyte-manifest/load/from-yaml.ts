import { pyDict } from "../jinja/values/dict.js";
import type { PyValue } from "../jinja/values/value.js";

/** Parsed YAML as a Python value. `visit` is called with the depth of every node and may throw. */
export function fromYaml(node: unknown, visit: (depth: number) => void, depth = 0): PyValue {
  visit(depth);
  if (Array.isArray(node)) return node.map((item) => fromYaml(item, visit, depth + 1));
  if (node instanceof Map) {
    return pyDict([...node].map(([key, value]) => [keyOf(key), fromYaml(value, visit, depth + 1)]));
  }
  if (node instanceof Date) return node.toISOString();
  return node === undefined ? null : (node as PyValue);
}

function keyOf(key: unknown): PyValue {
  return typeof key === "object" && key !== null ? String(key) : (key as PyValue);
}
