import { jsonByte } from "../../../../sdk/json/json-scan.js";
import { endOfDecimal, endOfInteger } from "../../guard/plain-number.js";
import { endOfFloat } from "../../guard/printed-float.js";
import { valueKind } from "../../guard/value-form.js";
import { isUsualDate } from "../../text/usual-date.js";
import type { LineForm } from "./line-form.js";
import { endOfVerbatim } from "./verbatim.js";

export interface PassedLines {
  readonly lines: number;
  /** Behind the last line that passed. */
  readonly at: number;
  /** The place of the value in the next line that did not pass, or behind which the line has another form; -1 for none. */
  readonly failed: number;
}

const { quote, backslash, comma, closeBrace } = jsonByte;
const [letterN, letterU, space] = [0x6e, 0x75, 0x20];
const nullWord = 0x6e756c6c;

/** Bytes that stand in a string as they are. */
const isOrdinary = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= space && byte !== quote && byte !== backslash ? 1 : 0,
);

/**
 * Passes the lines from `from` to `end` that have a form and whose values DuckDB's JSON reader takes for their types as
 * they are written. One loop, whose calls the compiler takes in. `view` lies over `bytes`, of which `marginBytes` stand
 * behind `end`.
 */
export function passLines(bytes: Buffer, view: DataView, from: number, end: number, form: LineForm): PassedLines {
  const { kinds, lengths, ends, words, places, short } = form;
  const width = kinds.length;
  let line = from;
  let lines = 0;
  while (line < end) {
    let at = line;
    let word = 0;
    for (let field = 0; ; field++) {
      const length = lengths[field]!;
      if (at + length > end) return { lines, at: line, failed: field - 1 };
      const text = short[field]!;
      for (let i = 0; i < text.length; i++)
        if (bytes[at + i] !== text[i]) return { lines, at: line, failed: field - 1 };
      for (const stop = ends[field]!; word < stop; word++) {
        if (view.getFloat64(at + places[word]!, true) !== words[word]) return { lines, at: line, failed: field - 1 };
      }
      at += length;
      if (field === width) break;
      const behind = endOfMember(bytes, view, at, form, field);
      if (behind < 0) return { lines, at: line, failed: field };
      at = behind;
    }
    line = at;
    lines++;
  }
  return { lines, at: line, failed: -1 };
}

/** Where the value of a field ends that begins at `at`; -1 where none stands there that DuckDB's reader takes as it is written. */
export function endOfMember(bytes: Buffer, view: DataView, at: number, form: LineForm, field: number): number {
  const { fields, kinds, wholes, pointed, scales } = form;
  let behind = -1;
  switch (kinds[field]) {
    case valueKind.text:
      if (bytes[at] === quote) behind = endOfText(bytes, view, at + 1);
      break;
    case valueKind.integer:
      behind = endOfInteger(bytes, at);
      break;
    case valueKind.decimal:
      behind = endOfDecimal(bytes, at, wholes[field]!, pointed[field]!, scales[field]!);
      break;
    case valueKind.date:
      if (bytes[at] === quote && bytes[at + 11] === quote && isUsualDate(bytes, at + 1)) behind = at + 12;
      break;
    case valueKind.float:
      behind = endOfFloat(bytes, at);
      if (behind >= 0 && isEndOfValue(bytes[behind]!)) break;
      behind = endOfValue(bytes, at);
      if (!fields[field]!.check(bytes, at, behind)) behind = -1;
      break;
    case valueKind.json:
      behind = endOfVerbatim(bytes, view, at);
      break;
    default:
      behind = endOfValue(bytes, at);
      if (!fields[field]!.check(bytes, at, behind)) behind = -1;
  }
  return behind < 0 && bytes[at] === letterN && view.getInt32(at) === nullWord ? at + 4 : behind;
}

/** Where a string ends, behind its quote; -1 for one that ends nowhere, or has an escape that is not surely taken alike. */
function endOfText(bytes: Buffer, view: DataView, start: number): number {
  let at = start;
  for (;;) {
    while (isOrdinaryWord(view.getInt32(at))) at += 4;
    while (isOrdinary[bytes[at]!] === 1) at++;
    if (bytes[at] === quote) return at + 1;
    if (bytes[at] !== backslash) return -1;
    at = bytes[at + 1] === letterU ? endOfUnicode(bytes, at) : at + 2;
    if (at < 0) return -1;
  }
}

/** Where the escape of a character ends, `\u00e9` or a surrogate pair; -1 for half a pair and for NUL. */
function endOfUnicode(bytes: Buffer, start: number): number {
  const unit = unitAt(bytes, start);
  if (!(unit > 0) || (unit >= 0xdc00 && unit <= 0xdfff)) return -1;
  if (unit < 0xd800 || unit > 0xdbff) return start + 6;
  const low = unitAt(bytes, start + 6);
  return low >= 0xdc00 && low <= 0xdfff ? start + 12 : -1;
}

/** The UTF-16 code unit of an escape; NaN where none stands. */
function unitAt(bytes: Buffer, at: number): number {
  const text = bytes.toString("latin1", at, at + 6);
  return /^\\u[\da-fA-F]{4}$/.test(text) ? Number.parseInt(text.slice(2), 16) : Number.NaN;
}

/** Whether of four bytes none is a quote, a backslash or below a space: https://graphics.stanford.edu/~seander/bithacks.html */
function isOrdinaryWord(four: number): boolean {
  const quotes = four ^ 0x22222222;
  const backslashes = four ^ 0x5c5c5c5c;
  const zeros = ((quotes - 0x01010101) & ~quotes) | ((backslashes - 0x01010101) & ~backslashes);
  return ((zeros | ((four - 0x20202020) & ~four)) & 0x80808080) === 0;
}

/** Where a value ends that has no escapes and is not nested. */
function endOfValue(bytes: Buffer, start: number): number {
  let at = start;
  if (bytes[start] === quote) {
    do at++;
    while (isOrdinary[bytes[at]!] === 1);
    return at + 1;
  }
  while (!isEndOfValue(bytes[at]!)) at++;
  return at;
}

function isEndOfValue(byte: number): boolean {
  return byte === comma || byte === closeBrace || byte <= space;
}
