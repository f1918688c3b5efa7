import { equals } from "../jinja/values/compare.js";
import { str } from "../jinja/values/text.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";

type Limit = readonly [keyword: string, breaks: (own: number, limit: number) => boolean, words: string];

const ofNumbers: readonly Limit[] = [
  ["minimum", (own, limit) => own < limit, "at least"],
  ["maximum", (own, limit) => own > limit, "at most"],
  ["exclusiveMinimum", (own, limit) => own <= limit, "more than"],
  ["exclusiveMaximum", (own, limit) => own >= limit, "less than"],
];
const ofText: readonly Limit[] = [
  ["minLength", (own, limit) => own < limit, "of at least this many characters:"],
  ["maxLength", (own, limit) => own > limit, "of at most this many characters:"],
];
const ofLists: readonly Limit[] = [
  ["minItems", (own, limit) => own < limit, "a list of at least this many items:"],
  ["maxItems", (own, limit) => own > limit, "a list of at most this many items:"],
];

/** What a value has too little or too much of by a JSON Schema; undefined where it keeps within the limits. */
export function limitProblem(value: PyValue, schema: PyDict, place: string): string | undefined {
  if (typeof value === "bigint" || typeof value === "number") return broken(Number(value), ofNumbers, schema, place);
  if (typeof value === "string") return broken([...value].length, ofText, schema, place);
  if (!Array.isArray(value)) return undefined;
  const isTwice =
    schema.get("uniqueItems") === true &&
    value.some((item, i) => value.slice(0, i).some((other) => equals(item, other)));
  return isTwice ? `${place} has an item twice` : broken(value.length, ofLists, schema, place);
}

function broken(own: number, limits: readonly Limit[], schema: PyDict, place: string): string | undefined {
  for (const [keyword, breaks, words] of limits) {
    const limit = schema.get(keyword);
    if (typeof limit !== "bigint" && typeof limit !== "number") continue;
    if (breaks(own, Number(limit))) return `${place} must be ${words} ${str(limit)}`;
  }
  return undefined;
}
