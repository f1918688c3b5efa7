import { jsonByte } from "../../../../sdk/json/json-scan.js";
import { endOfPlain, endOfPlainWord } from "../../../../sdk/json/plain-token.js";
import { endOfFloat } from "../../guard/printed-float.js";

const { quote, backslash, comma, colon, openBrace, closeBrace, openBracket, closeBracket } = jsonByte;
const [minus, point, zero] = [0x2d, 0x2e, 0x30];

/** More brackets within each other than there are bits for are left to others. */
const mostOpen = 1 << 29;
/** An integer of so many digits is one to every reader. */
const mostDigits = 18;
/** A float of so many digits before its point is printed without an exponent, and one with so few zeros behind it, too. */
const mostWholeDigits = 15;
const mostZeros = 2;

/** What may stand behind a backslash: other escapes are written as the character that they stand for. */
const isKeptEscape = new Uint8Array(256);
for (const letter of '"\\bfnrt') isKeptEscape[letter.charCodeAt(0)] = 1;

/**
 * Where a JSON value ends that begins at `start`; -1 where none stands there that DuckDB, which parses and prints the JSON it
 * reads, prints as it is written: without white space, its numbers as they are printed, no escape where a character could
 * stand. `words` lies over `bytes`; behind the value there must be a byte that is part of none.
 */
export function endOfVerbatim(bytes: Uint8Array, words: DataView, start: number): number {
  /** Behind a first bit, one for each bracket that is open, the last one lowest: 1 for an object. */
  let open = 1;
  let at = start;
  for (;;) {
    const byte = bytes[at]!;
    if (byte === openBrace || byte === openBracket) {
      if (open >= mostOpen) return -1;
      const isObject = byte === openBrace;
      open = 2 * open + (isObject ? 1 : 0);
      at++;
      if (bytes[at] !== (isObject ? closeBrace : closeBracket)) {
        if (isObject) at = endOfKey(bytes, words, at);
        if (at < 0) return -1;
        continue;
      }
    } else {
      at = endOfToken(bytes, words, at);
      if (at < 0) return -1;
    }
    while (open > 1 && bytes[at] === ((open & 1) === 1 ? closeBrace : closeBracket)) {
      at++;
      open >>= 1;
    }
    if (open === 1) return at;
    if (bytes[at] !== comma) return -1;
    at++;
    if ((open & 1) === 1) at = endOfKey(bytes, words, at);
    if (at < 0) return -1;
  }
}

/** Behind the colon of a key. */
function endOfKey(bytes: Uint8Array, words: DataView, start: number): number {
  const end = endOfText(bytes, words, start);
  return end > 0 && bytes[end] === colon ? end + 1 : -1;
}

function endOfToken(bytes: Uint8Array, words: DataView, start: number): number {
  const byte = bytes[start]!;
  if (byte === quote) return endOfText(bytes, words, start);
  if (byte === minus || (byte ^ zero) <= 9) return endOfNumber(bytes, start);
  return endOfPlainWord(words, start) || -1;
}

function endOfText(bytes: Uint8Array, words: DataView, start: number): number {
  if (bytes[start] !== quote) return -1;
  let at = start + 1;
  for (;;) {
    at = endOfPlain(words, at);
    if (bytes[at] === quote) return at + 1;
    if (bytes[at] !== backslash || isKeptEscape[bytes[at + 1]!] !== 1) return -1;
    at += 2;
  }
}

function endOfNumber(bytes: Uint8Array, start: number): number {
  const first = bytes[start] === minus ? start + 1 : start;
  let at = first;
  while ((bytes[at]! ^ zero) <= 9) at++;
  const digits = at - first;
  if (bytes[first] === zero && digits > 1) return -1;
  if (bytes[at] !== point) return digits > mostDigits || (bytes[first] === zero && first > start) ? -1 : at;
  const end = digits > mostWholeDigits ? -1 : endOfFloat(bytes, start);
  if (end < 0) return -1;
  if (bytes[end - 1] === zero) return end === at + 2 ? end : -1;
  let fraction = at + 1;
  if (bytes[first] === zero) while (bytes[fraction] === zero) fraction++;
  return fraction - at - 1 > mostZeros ? -1 : end;
}
