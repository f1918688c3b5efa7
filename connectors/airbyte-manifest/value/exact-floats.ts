import { parseJson } from "../../../sdk/parse-json.js";
import { rawText } from "../../../sdk/raw-json.js";
import { str } from "../jinja/values/text.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";
import { isDict } from "./is-dict.js";

interface Exact {
  readonly float: number;
  readonly text: string;
}

/**
 * Digits that floats do not hold, by the object they stand in. Templates calculate with floats, as the reference does; what
 * is not calculated with keeps its digits on the way to a row. It goes when the object goes.
 */
const known = new WeakMap<object, Map<string, Exact>>();

/** Sixteen digits or an exponent: less than that is always exact. */
const mayLoseDigits = /[\d.]{16}|\d[eE][+-]?\d/;

/** Notes, for a value parsed of JSON text, the digits of each number that a float does not hold. */
export function noteExactFloats(parsed: PyValue, text: string): void {
  if (!mayLoseDigits.test(text) || !isNested(parsed)) return;
  const exact = parseJson(text);
  if (typeof exact === "object" && exact !== null) noteWithin(parsed, exact);
}

/** The digits of a member that has more of them than its float; undefined for every other one. */
export function exactFloat(holder: PyDict | PyValue[], key: PyValue, value: PyValue): string | undefined {
  if (typeof value !== "number") return undefined;
  const exact = known.get(holder)?.get(str(key));
  return exact !== undefined && exact.float === value ? exact.text : undefined;
}

/** Notes the digits of one member of a list or dict, a number that is written as `text`. */
export function noteExactFloat(holder: PyDict | PyValue[], key: PyValue, value: PyValue, text: string): void {
  if (typeof value !== "number" || !mayLoseDigits.test(text)) return;
  const digits = rawText(parseJson(text));
  if (digits !== undefined) note(holder, key, { float: value, text: digits });
}

function noteWithin(holder: PyDict | PyValue[], exact: object): void {
  const members = isDict(holder) ? holder : holder.map((item, i): [PyValue, PyValue] => [BigInt(i), item]);
  for (const [key, value] of members) {
    const own = (exact as Record<string, unknown>)[str(key)];
    if (isNested(value) && typeof own === "object" && own !== null) noteWithin(value, own);
    const text = typeof value === "number" ? rawText(own) : undefined;
    if (typeof value !== "number" || text === undefined) continue;
    note(holder, key, { float: value, text });
  }
}

function note(holder: PyDict | PyValue[], key: PyValue, exact: Exact): void {
  const kept = known.get(holder) ?? new Map<string, Exact>();
  known.set(holder, kept.set(str(key), exact));
}

function isNested(value: PyValue): value is PyDict | PyValue[] {
  return isDict(value) || Array.isArray(value);
}
