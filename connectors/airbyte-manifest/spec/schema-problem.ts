import { equals } from "../jinja/values/compare.js";
import { repr, str } from "../jinja/values/text.js";
import { typeName } from "../jinja/values/type-name.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";
import { isDict } from "../value/is-dict.js";
import { limitProblem } from "./schema-limits.js";

const maxDepth = 50;

/** What is wrong with a value by a JSON Schema, its place included; undefined where nothing is. Values are not told: they may be secret. */
export function schemaProblem(
  value: PyValue,
  schema: PyValue | undefined,
  place: string,
  depth = 0,
): string | undefined {
  if (!isDict(schema) || depth > maxDepth) return undefined;
  const within = (inner: PyValue, innerSchema: PyValue | undefined, at: string) =>
    schemaProblem(inner, innerSchema, at, depth + 1);
  const types = [schema.get("type") ?? []].flat().map(str);
  if (types.length > 0 && !types.some((type) => isOfType(value, type))) {
    return `${place} must be ${types.join(" or ")}, and is ${typeName(value)}`;
  }
  const allowed = schema.get("enum");
  if (Array.isArray(allowed) && !allowed.some((one) => equals(one, value))) {
    return `${place} must be one of ${allowed.map(repr).join(", ")}`;
  }
  if (schema.has("const") && !equals(schema.get("const") ?? null, value))
    return `${place} must be ${repr(schema.get("const") ?? null)}`;
  const limit = limitProblem(value, schema, place);
  if (limit !== undefined) return limit;
  const parts = schema.get("allOf");
  for (const part of Array.isArray(parts) ? parts : []) {
    const problem = within(value, part, place);
    if (problem !== undefined) return problem;
  }
  const choices = schema.get("oneOf") ?? schema.get("anyOf");
  if (Array.isArray(choices)) {
    const problems = choices.map((choice) => within(value, choice, place));
    if (problems.every((problem) => problem !== undefined)) return problems[0];
  }
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) {
      const problem = within(item, schema.get("items"), `${place}[${i}]`);
      if (problem !== undefined) return problem;
    }
  }
  return isDict(value) ? membersProblem(value, schema, place, within) : textProblem(value, schema, place);
}

type Within = (value: PyValue, schema: PyValue | undefined, place: string) => string | undefined;

function membersProblem(value: PyDict, schema: PyDict, place: string, within: Within): string | undefined {
  const required = schema.get("required");
  for (const name of Array.isArray(required) ? required : []) {
    if (!value.has(name)) return `${place}.${str(name)} is missing`;
  }
  const properties = schema.get("properties");
  for (const [name, property] of isDict(properties) ? properties : []) {
    const member = value.get(name);
    const problem = member === undefined ? undefined : within(member, property, `${place}.${str(name)}`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function textProblem(value: PyValue, schema: PyDict, place: string): string | undefined {
  const pattern = schema.get("pattern");
  if (typeof value !== "string" || typeof pattern !== "string" || value.length > 10_000) return undefined;
  let matches = true;
  try {
    matches = new RegExp(pattern, "u").test(value);
  } catch {
    return undefined;
  }
  const described = schema.get("pattern_descriptor");
  return matches ? undefined : `${place} must look like ${typeof described === "string" ? described : pattern}`;
}

function isOfType(value: PyValue, type: string): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "string":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
    case "integer":
      return typeof value === "bigint" || (typeof value === "number" && Number.isInteger(value));
    case "number":
      return typeof value === "bigint" || typeof value === "number";
    case "array":
      return Array.isArray(value);
    case "object":
      return isDict(value);
    default:
      return true;
  }
}
