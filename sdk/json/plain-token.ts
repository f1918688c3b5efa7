import { endOfString, incomplete, jsonByte, skipSpace } from "./json-scan.js";

const { quote, backslash, comma, colon, openBrace, closeBrace, openBracket, closeBracket } = jsonByte;

/* Ends of JSON values in their usual forms, found faster than `endOfValue` does it for all. */

/**
 * The first position from `at` on that has a quote, a backslash or a control character; the length where none has. Four
 * bytes are looked at together, for most of a document is in strings:
 * https://graphics.stanford.edu/~seander/bithacks.html#HasLessInWord
 */
export function endOfPlain(bytes: DataView, at: number): number {
  const { byteLength } = bytes;
  let position = at;
  for (const last = byteLength - 8; position <= last; position += 8) {
    const found = endsIn(bytes.getInt32(position, true));
    if (found !== 0) return position + firstByte(found);
    const next = endsIn(bytes.getInt32(position + 4, true));
    if (next !== 0) return position + 4 + firstByte(next);
  }
  for (; position < byteLength; position++) {
    const byte = bytes.getUint8(position);
    if (byte === jsonByte.quote || byte === jsonByte.backslash || byte < 0x20) break;
  }
  return position;
}

/** The high bit of the first byte that is a quote, a backslash or a control character; those above it may be wrong. */
function endsIn(word: number): number {
  // With its second bit flipped a quote is the first character behind the control characters.
  const flipped = word ^ 0x02020202;
  const backslash = word ^ 0x5c5c5c5c;
  return (((flipped - 0x21212121) & ~flipped) | ((backslash - 0x01010101) & ~backslash)) & 0x80808080;
}

function firstByte(found: number): number {
  return (31 - Math.clz32(found & -found)) >> 3;
}

/** `skipSpace` where there is mostly none. */
export function pastSpace(bytes: Uint8Array, at: number): number {
  return bytes[at]! > 0x20 ? at : skipSpace(bytes, at, bytes.length);
}

/** More brackets within each other than there are bits for are left to others. */
const mostOpen = 1 << 29;

/**
 * Where an object or array ends that begins at `start`; 0 for one that is not whole, is no JSON, has an exponent in it or is
 * nested deeply.
 * @throws JsonProblem
 */
export function endOfNested(bytes: Uint8Array, words: DataView, start: number): number {
  /** Behind a first bit, one for each bracket that is open, the last one lowest: 1 for an object. */
  let open = 1;
  let at = start;
  for (;;) {
    const byte = bytes[at]!;
    if (byte === openBrace || byte === openBracket) {
      if (open >= mostOpen) return 0;
      const isObject = byte === openBrace;
      open = 2 * open + (isObject ? 1 : 0);
      at = pastSpace(bytes, at + 1);
      if (bytes[at] !== (isObject ? closeBrace : closeBracket)) {
        if (isObject) at = endOfKey(bytes, words, at);
        if (at === 0) return 0;
        continue;
      }
    } else {
      at = endOfToken(bytes, words, at);
      if (at === 0) return 0;
      at = pastSpace(bytes, at);
    }
    while (bytes[at] === ((open & 1) === 1 ? closeBrace : closeBracket)) {
      at++;
      open >>= 1;
      if (open === 1) return at;
      at = pastSpace(bytes, at);
    }
    if (bytes[at] !== comma) return 0;
    at = pastSpace(bytes, at + 1);
    if ((open & 1) === 1) at = endOfKey(bytes, words, at);
    if (at === 0) return 0;
  }
}

/** Behind the colon of a key, where the value begins. */
function endOfKey(bytes: Uint8Array, words: DataView, start: number): number {
  if (bytes[start] !== quote) return 0;
  const end = endOfText(bytes, words, start);
  if (end === 0) return 0;
  const at = pastSpace(bytes, end);
  return bytes[at] === colon ? pastSpace(bytes, at + 1) : 0;
}

function endOfToken(bytes: Uint8Array, words: DataView, start: number): number {
  if (bytes[start] === quote) return endOfText(bytes, words, start);
  return endOfPlainNumber(bytes, start) || endOfPlainWord(words, start);
}

function endOfText(bytes: Uint8Array, words: DataView, start: number): number {
  const plain = endOfPlain(words, start + 1);
  if (bytes[plain] === quote) return plain + 1;
  const end = bytes[plain] === backslash ? endOfString(bytes, start, bytes.length) : incomplete;
  return end === incomplete ? 0 : end;
}

/** Where a number without an exponent ends; 0 for anything else. */
function endOfPlainNumber(bytes: Uint8Array, start: number): number {
  const first = bytes[start] === 0x2d ? start + 1 : start;
  let at = first;
  while ((bytes[at]! ^ 0x30) <= 9) at++;
  if (at === first || (at > first + 1 && bytes[first] === 0x30)) return 0;
  if (bytes[at] !== 0x2e) return at;
  const point = ++at;
  while ((bytes[at]! ^ 0x30) <= 9) at++;
  return at === point ? 0 : at;
}

/** Where `null`, `true` or `false` ends; 0 for any other value. */
export function endOfPlainWord(bytes: DataView, start: number): number {
  if (start + 5 > bytes.byteLength) return 0;
  const word = bytes.getInt32(start);
  if (word === wordNull || word === wordTrue) return start + 4;
  return word === wordFals && bytes.getUint8(start + 4) === 0x65 ? start + 5 : 0;
}

/** As a DataView reads them, the first byte highest. */
const [wordNull, wordTrue, wordFals] = [0x6e756c6c, 0x74727565, 0x66616c73] as const;
