import type { Column } from "../../../sdk/index.js";
import { jsonByte } from "../../../sdk/json/json-scan.js";
import { isOpen } from "../stream-columns.js";
import { textClass } from "../text/text-evidence.js";
import { isUsualDate } from "../text/usual-date.js";
import { isFloatExact, timeEvidence } from "./json-evidence.js";

/*
 * Checks JSON lines against the types chosen for them, at a cost that hardly shows beside the load: lines that have the
 * keys of the first one, in the same order and spacing, are compared with it word by word, and of the values no more is
 * looked at than says whether DuckDB's reader takes them exactly.
 */

/** Whether the value that begins at `at` is one that DuckDB's reader turns exactly into its column's type: its end, or -1. `view` lies over `bytes`. */
export type ValueCheck = (bytes: Buffer, view: DataView, at: number, end: number) => number;

export interface LineTemplate {
  /** The bytes before the first value, between two, and behind the last, in a form that is quickly compared. */
  readonly texts: readonly FixedText[];
  readonly checks: readonly ValueCheck[];
}

/** Decimals that DuckDB takes from a double are exact up to this many digits. */
const sureDigits = 15;

/** The check of a column; undefined for types that DuckDB's reader would change: nested values, wide decimals. */
export function valueCheck(column: Column): ValueCheck | undefined {
  if (isOpen(column)) return endOfNull;
  switch (column.type.kind) {
    case "string":
      return orNull(endOfPlainString);
    case "boolean":
      return orNull(endOfBoolean);
    case "int64":
      return orNull((bytes, _view, at, end) => endOfPlainNumber(bytes, at, end, 18, 0));
    case "decimal": {
      const { precision, scale } = column.type;
      return precision > 18
        ? undefined
        : orNull((bytes, _view, at, end) => endOfPlainNumber(bytes, at, end, sureDigits, scale));
    }
    case "float64":
      return orNull(endOfFloat);
    case "date":
      return orNull(timeCheck(textClass.date));
    case "datetime":
      return orNull(timeCheck(textClass.date | textClass.datetime));
    case "timestamp":
      return orNull(timeCheck(textClass.timestamp));
    default:
      return undefined;
  }
}

/** Where a line of the template's form ends, behind its last brace; -1 where it has another form or a value fails. */
export function endOfLine(template: LineTemplate, bytes: Buffer, view: DataView, start: number, end: number): number {
  const { texts, checks } = template;
  let at = start;
  for (let i = 0; i < checks.length; i++) {
    const text = texts[i]!;
    if (!startsWith(bytes, view, at, text)) return -1;
    at = checks[i]!(bytes, view, at + text.length, end);
    if (at < 0) return -1;
  }
  const last = texts[checks.length]!;
  return startsWith(bytes, view, at, last) ? at + last.length : -1;
}

/** A text that is compared four bytes at a time. */
export interface FixedText {
  readonly length: number;
  readonly words: Int32Array;
  readonly rest: Uint8Array;
}

export function fixedText(text: Uint8Array): FixedText {
  const view = new DataView(text.buffer, text.byteOffset, text.length);
  const words = Int32Array.from({ length: text.length >> 2 }, (_, i) => view.getInt32(i * 4, true));
  return { length: text.length, words, rest: text.slice(words.length * 4) };
}

function startsWith(bytes: Uint8Array, view: DataView, at: number, { length, words, rest }: FixedText): boolean {
  if (at + length > bytes.length) return false;
  let position = at;
  for (let i = 0; i < words.length; i++, position += 4) {
    if (view.getInt32(position, true) !== words[i]) return false;
  }
  for (let i = 0; i < rest.length; i++) if (bytes[position + i] !== rest[i]) return false;
  return true;
}

function orNull(check: ValueCheck): ValueCheck {
  return (bytes, view, at, end) => (bytes[at] === 0x6e ? endOfNull(bytes, view, at) : check(bytes, view, at, end));
}

function endOfNull(bytes: Buffer, _view: DataView, at: number): number {
  return bytes[at] === 0x6e && bytes[at + 1] === 0x75 && bytes[at + 2] === 0x6c && bytes[at + 3] === 0x6c ? at + 4 : -1;
}

function endOfBoolean(bytes: Buffer, _view: DataView, at: number): number {
  if (bytes[at] === 0x74 && bytes.toString("latin1", at, at + 4) === "true") return at + 4;
  if (bytes[at] === 0x66 && bytes.toString("latin1", at, at + 5) === "false") return at + 5;
  return -1;
}

/** A string without escapes beyond the common ones: a \u could be half of a surrogate pair. */
function endOfPlainString(bytes: Buffer, view: DataView, at: number, end: number): number {
  if (bytes[at] !== jsonByte.quote) return -1;
  for (let position = at + 1; position < end; position++) {
    while (position + 4 <= end && isOrdinary(view.getInt32(position))) position += 4;
    const byte = bytes[position]!;
    if (byte === jsonByte.quote) return position + 1;
    if (byte < 0x20) return -1;
    if (byte === jsonByte.backslash) {
      position++;
      if (bytes[position] === 0x75) return -1;
    }
  }
  return -1;
}

/** Whether of four bytes none is a quote, a backslash or below a space: https://graphics.stanford.edu/~seander/bithacks.html */
function isOrdinary(four: number): boolean {
  const quotes = four ^ 0x22222222;
  const backslashes = four ^ 0x5c5c5c5c;
  const zeros = ((quotes - 0x01010101) & ~quotes) | ((backslashes - 0x01010101) & ~backslashes);
  return ((zeros | ((four - 0x20202020) & ~four)) & 0x80808080) === 0;
}

/** A number with at most `most` digits, at most `scale` of them behind the point, no exponent, and not minus zero. */
function endOfPlainNumber(bytes: Buffer, at: number, end: number, most: number, scale: number): number {
  let position = bytes[at] === 0x2d ? at + 1 : at;
  const first = position;
  let point = -1;
  let nothing = true;
  for (; position < end; position++) {
    const byte = bytes[position]!;
    if (byte > 0x39) break;
    if (byte < 0x30) {
      if (byte !== 0x2e || point >= 0) break;
      point = position;
    } else if (byte !== 0x30) nothing = false;
  }
  const digits = position - first - (point < 0 ? 0 : 1);
  if (digits < 1 || digits > most || (nothing && first > at)) return -1;
  if (bytes[first] === 0x30 && position > first + 1 && point !== first + 1) return -1;
  if (point >= 0 && (scale === 0 || point === first || position - point - 1 > scale || position === point + 1))
    return -1;
  return position;
}

function endOfFloat(bytes: Buffer, _view: DataView, at: number, end: number): number {
  const plain = endOfPlainNumber(bytes, at, end, sureDigits, sureDigits);
  if (plain >= 0 && bytes[plain] !== 0x65 && bytes[plain] !== 0x45) return plain;
  let position = at;
  while (position < end && isNumberByte(bytes[position]!)) position++;
  const text = bytes.toString("latin1", at, position);
  // DuckDB's reader takes -0 for an integer, which has no sign.
  if (text === "-0") return -1;
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) && isFloatExact(text) ? position : -1;
}

function isNumberByte(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2b || byte === 0x2d || byte === 0x2e || (byte | 0x20) === 0x65;
}

function timeCheck(accepted: number): ValueCheck {
  return (bytes, view, at, end) => {
    if ((accepted & textClass.date) !== 0 && bytes[at] === jsonByte.quote && bytes[at + 11] === jsonByte.quote) {
      if (isUsualDate(bytes, at + 1)) return at + 12;
    }
    const stop = endOfPlainString(bytes, view, at, Math.min(end, at + 40));
    if (stop < 0) return -1;
    return (timeEvidence(bytes.toString("latin1", at + 1, stop - 1)).classes & ~accepted) === 0 ? stop : -1;
  };
}
