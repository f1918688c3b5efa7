import { sameDecimal } from "./batch/decimal-text.js";
import { rawJson } from "./raw-json.js";

/**
 * `JSON.parse` that keeps every digit: a number that a JavaScript number does not hold exactly, or that is whole and beyond 2^53, comes as `RawJson`, every
 * other value as `JSON.parse` gives it. Text without such numbers costs one look more.
 * @throws SyntaxError for text that is no JSON
 */
export function parseJson(text: string): unknown {
  if (!mayLoseDigits.test(text)) return JSON.parse(text);
  const mark = unusedMark(text);
  let marked = 0;
  const rewritten = text.replace(stringOrNumber, (token) => {
    if (token.startsWith('"') || isKept(token)) return token;
    marked += 1;
    return `"${mark}${token}"`;
  });
  return marked === 0 ? JSON.parse(text) : unmarked(JSON.parse(rewritten), mark);
}

/** Sixteen digits or an exponent: less than that is always exact. Matches within strings too, which costs only time. */
const mayLoseDigits = /[\d.]{16}|\d[eE][+-]?\d/;
const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/gs;

/** Whether a JavaScript number holds it, and can be told from its neighbours: a whole number beyond 2^53 cannot. */
function isKept(token: string): boolean {
  const number = Number(token);
  if (Number.isInteger(number) && !Number.isSafeInteger(number) && !/e/i.test(token)) return false;
  return sameDecimal(String(number), token);
}

function unusedMark(text: string): string {
  let mark = "number:";
  while (text.includes(mark)) mark = `${Math.random().toString(36).slice(2)}:`;
  return mark;
}

/** The value with marked strings replaced by the numbers they stand for; changed in place. */
function unmarked(value: unknown, mark: string): unknown {
  if (typeof value === "string") return value.startsWith(mark) ? rawJson(value.slice(mark.length)) : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) value[i] = unmarked(value[i], mark);
    return value;
  }
  const record = value as Record<string, unknown>;
  for (const key of Object.keys(record)) {
    const member = record[key];
    const plain = unmarked(member, mark);
    // A key named __proto__ is a plain member here; assigning it would set the prototype.
    if (plain !== member)
      Object.defineProperty(record, key, { value: plain, enumerable: true, writable: true, configurable: true });
  }
  return record;
}
