import { hasSpace, writeCompact } from "../json/compact.js";
import { jsonByte } from "../json/json-scan.js";
import { safeDigits } from "../json/take-number.js";
import { writeUnescaped } from "../json/unescape.js";
import { plainDate, plainDatetime, plainTimestamp } from "./plain-time.js";
import type { BytesBuilder, FixedBuilder } from "./vector-builder.js";

/*
 * Appends of JSON text to columns, for the forms that are usual: each is what the parsed value would be in such a column,
 * without a string, number or bigint in between. False: the form is another one, and nothing was appended.
 */

/** Appends the value that stands in `bytes` from `start` to `end`, which is not null; a string with an escape in it is `escaped`. */
export type QuickAppend = (bytes: Buffer, start: number, end: number, escaped: boolean) => boolean;

/** Of decimals in 64 bits. */
export function quickDecimal(builder: FixedBuilder, scale: number, wholeDigits: number): QuickAppend {
  return (bytes, start, end) => {
    const negative = bytes[start] === hyphen;
    const first = negative ? start + 1 : start;
    let [value, point] = [0, end];
    for (let at = first; at < end; at++) {
      const byte = bytes[at]!;
      if (byte === dot) point = at;
      else if (byte < digit0 || byte > digit9) return false;
      else value = value * 10 + byte - digit0;
    }
    const missing = scale - Math.max(0, end - point - 1);
    const isLong = point - first > wholeDigits || point - first + scale > safeDigits;
    if (missing < 0 || isLong || first === end || (negative && value === 0)) return false;
    const unscaled = value * powersOfTen[missing]!;
    const at = builder.append();
    setSafeInt64(builder.view, at, negative ? -unscaled : unscaled);
    return true;
  };
}

export function quickTime(kind: "date" | "datetime" | "timestamp"): (builder: FixedBuilder) => QuickAppend {
  const plain = { date: plainDate, datetime: plainDatetime, timestamp: plainTimestamp }[kind];
  return (builder) => (bytes, start, end) => {
    const value = bytes[start] === jsonByte.quote ? plain(bytes, start + 1, end - 1) : Number.NaN;
    if (Number.isNaN(value)) return false;
    const at = builder.append();
    if (kind === "date") builder.view.setInt32(at, value, true);
    else setSafeInt64(builder.view, at, value);
    return true;
  };
}

/** JSON stays the text it is, without the white space between its tokens. */
export function quickJson(builder: BytesBuilder): QuickAppend {
  return (bytes, start, end) => {
    if (hasSpace(bytes, start, end)) {
      return builder.appendWritten(end - start, (target, at) => writeCompact(bytes, start, end, target, at));
    }
    builder.appendPart(bytes, start, end);
    return true;
  };
}

/** Text as it reads: a string with escapes in it. False for half of a surrogate pair. */
export function quickEscaped(builder: BytesBuilder, bytes: Uint8Array, start: number, end: number): boolean {
  return builder.appendWritten(end - start, (target, at) => writeUnescaped(bytes, start, end, target, at));
}

/** The number that a double prints in just these characters; NaN where there is none. */
export function shortestNumber(bytes: Buffer, start: number, end: number): number {
  const first = bytes[start]!;
  if ((first !== hyphen && (first < digit0 || first > digit9)) || end - start > 25) return Number.NaN;
  const text = bytes.toString("latin1", start, end);
  const value = Number(text);
  return String(value) === text && (!Number.isInteger(value) || Number.isSafeInteger(value)) ? value : Number.NaN;
}

/** Writes a whole number that a double counts exactly, without a bigint. */
export function setSafeInt64(view: DataView, at: number, value: number): void {
  const high = Math.floor(value / 4_294_967_296);
  view.setInt32(at, value - high * 4_294_967_296, true);
  view.setInt32(at + 4, high, true);
}

const powersOfTen = Array.from({ length: safeDigits + 2 }, (_, exponent) => 10 ** exponent);
const [hyphen, dot, digit0, digit9] = [0x2d, 0x2e, 0x30, 0x39] as const;
