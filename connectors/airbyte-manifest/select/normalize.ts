import { str } from "../jinja/values/text.js";
import { isTruthy } from "../jinja/values/truth.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";
import { isDict } from "../value/is-dict.js";

/**
 * Casts the values of a record to the types of its JSON Schema, in place, where a type is one and not several. What cannot
 * be cast stays as it is.
 */
export function normalize(record: PyDict, schema: PyDict): void {
  walk(record, schema, schema, 0);
}

const maxDepth = 100;

function walk(instance: PyValue, schema: PyValue, root: PyDict, depth: number): void {
  const resolved = follow(schema, root);
  if (resolved === undefined || depth > maxDepth) return;
  for (const [keyword, value] of resolved) {
    if (keyword === "properties" && isDict(instance) && isDict(value)) {
      for (const [name, subschema] of value) {
        const member = instance.get(name);
        if (member !== undefined && isDict(subschema)) instance.set(name, cast(member, subschema));
      }
      for (const [name, subschema] of value) {
        const member = instance.get(name);
        if (member !== undefined) walk(member, subschema, root, depth + 1);
      }
    } else if (keyword === "items" && Array.isArray(instance) && isDict(value)) {
      for (let i = 0; i < instance.length; i++) instance[i] = cast(instance[i] as PyValue, value);
      for (const item of instance) walk(item, value, root, depth + 1);
    }
  }
}

function follow(schema: PyValue, root: PyDict): PyDict | undefined {
  if (!isDict(schema)) return undefined;
  const reference = schema.get("$ref");
  if (typeof reference !== "string") return schema;
  let target: PyValue | undefined = root;
  for (const segment of reference.split("/").slice(1)) target = isDict(target) ? target.get(segment) : undefined;
  return isDict(target) ? target : undefined;
}

function cast(value: PyValue, schema: PyDict): PyValue {
  const declared = schema.get("type") ?? [];
  const types = Array.isArray(declared) ? declared : [declared];
  const allowsNull = Array.isArray(declared) ? declared.includes("null") : str(declared).includes("null");
  if (value === null && allowsNull) return null;
  const [type, ...others] = Array.isArray(declared) ? types.filter((candidate) => candidate !== "null") : types;
  if (others.length > 0) return value;
  switch (type) {
    case "string":
      return str(value);
    case "number":
      return asFloat(value);
    case "integer":
      return asInteger(value);
    case "boolean":
      return typeof value === "string" ? asBoolean(value) : isTruthy(value);
    case "array":
      return isPlain(value) && allowsPlainItems(schema) ? [value] : value;
    default:
      return value;
  }
}

function asFloat(value: PyValue): PyValue {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "bigint" || typeof value === "number") return Number(value);
  if (typeof value !== "string") return value;
  const text = value.trim().replaceAll(/(?<=\d)_(?=\d)/g, "");
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  if (/^[+-]?nan$/i.test(text)) return Number.NaN;
  if (/^[+-]?inf(inity)?$/i.test(text))
    return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return value;
}

function asInteger(value: PyValue): PyValue {
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (typeof value === "number") return Number.isFinite(value) ? BigInt(Math.trunc(value)) : value;
  if (typeof value !== "string") return value;
  const text = value.trim().replaceAll(/(?<=\d)_(?=\d)/g, "");
  return /^[+-]?\d+$/.test(text) ? BigInt(text.replace(/^\+/, "")) : value;
}

function asBoolean(value: string): PyValue {
  const word = value.toLowerCase().trim();
  if (["y", "yes", "t", "true", "on", "1"].includes(word)) return true;
  return ["n", "no", "f", "false", "off", "0"].includes(word) ? false : value;
}

function isPlain(value: PyValue): boolean {
  return value === null || typeof value !== "object";
}

function allowsPlainItems(schema: PyDict): boolean {
  const items = schema.get("items");
  const types = isDict(items) ? (items.get("type") ?? []) : [];
  // A single type is spelled out as letters by the reference, and no letter is a type.
  return (
    Array.isArray(types) &&
    types.every((type) => ["string", "number", "integer", "boolean", "null"].includes(str(type)))
  );
}
