import { jsonByte } from "./json-scan.js";

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

/** Where `null`, `true` or `false` ends; 0 for any other value. */
export function endOfPlainWord(bytes: DataView, start: number): number {
  if (start + 5 > bytes.byteLength) return 0;
  const word = bytes.getInt32(start);
  if (word === wordNull || word === wordTrue) return start + 4;
  return word === wordFals && bytes.getUint8(start + 4) === 0x65 ? start + 5 : 0;
}

/** As a DataView reads them, the first byte highest. */
const [wordNull, wordTrue, wordFals] = [0x6e756c6c, 0x74727565, 0x66616c73] as const;
