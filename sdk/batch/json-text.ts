import { rawText } from "../raw-json.js";
import { misfit } from "./misfit.js";

/**
 * The JSON text of a value, exact: bigints and `RawJson` keep every digit, dates become ISO text.
 * @throws Misfit for what JSON has no form for: NaN, infinities, functions, bytes, cycles
 */
export function jsonText(value: unknown, depth = 0): string {
  if (depth > maxDepth) throw misfit("malformed", `nested deeper than ${maxDepth}, or in a cycle`);
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "boolean":
    case "bigint":
      return String(value);
    case "number":
      if (!Number.isFinite(value)) throw misfit("wrong_type", `${value} has no form in JSON`);
      return Object.is(value, -0) ? "-0" : String(value);
    case "object":
      return value === null ? "null" : objectText(value, depth);
    default:
      throw misfit("wrong_type", `a ${typeof value} has no form in JSON`);
  }
}

const maxDepth = 1000;

function objectText(value: object, depth: number): string {
  const raw = rawText(value);
  if (raw !== undefined) return raw;
  if (Array.isArray(value)) return `[${value.map((item) => jsonText(item ?? null, depth + 1)).join(",")}]`;
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw misfit("malformed", "an invalid Date");
    return JSON.stringify(value.toISOString());
  }
  if (ArrayBuffer.isView(value) || value instanceof Map || value instanceof Set) {
    throw misfit("wrong_type", `a ${value.constructor.name} has no form in JSON`);
  }
  const members: string[] = [];
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${jsonText(member, depth + 1)}`);
  }
  return `{${members.join(",")}}`;
}
