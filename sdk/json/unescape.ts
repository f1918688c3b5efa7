import { jsonByte } from "./json-scan.js";

/**
 * Writes what stands between the quotes of a JSON string as the UTF-8 that it reads, which is never longer; returns how many
 * bytes that are, -1 where it has half of a surrogate pair. The string must be one that `endOfString` has passed over.
 */
export function writeUnescaped(bytes: Uint8Array, start: number, end: number, target: Uint8Array, at: number): number {
  let to = at;
  for (let from = start; from < end; from++) {
    const byte = bytes[from]!;
    if (byte !== jsonByte.backslash) {
      target[to++] = byte;
      continue;
    }
    const kind = bytes[++from]!;
    if (kind !== letterU) {
      target[to++] = plainEscapes[kind]!;
      continue;
    }
    let code = hexUnit(bytes, from + 1);
    from += 4;
    if (code >= firstHigh && code < firstLow && bytes[from + 1] === jsonByte.backslash && bytes[from + 2] === letterU) {
      const low = from + 6 < end ? hexUnit(bytes, from + 3) : 0;
      if (low >= firstLow && low <= lastLow) {
        code = 0x10000 + ((code - firstHigh) << 10) + low - firstLow;
        from += 6;
      }
    }
    if (code >= firstHigh && code <= lastLow) return -1;
    to = writeCharacter(code, target, to);
  }
  return to - at;
}

function writeCharacter(code: number, target: Uint8Array, at: number): number {
  let to = at;
  if (code < 0x80) {
    target[to++] = code;
    return to;
  }
  if (code < 0x800) target[to++] = 0xc0 | (code >> 6);
  else {
    if (code < 0x10000) target[to++] = 0xe0 | (code >> 12);
    else {
      target[to++] = 0xf0 | (code >> 18);
      target[to++] = 0x80 | ((code >> 12) & 0x3f);
    }
    target[to++] = 0x80 | ((code >> 6) & 0x3f);
  }
  target[to++] = 0x80 | (code & 0x3f);
  return to;
}

/** The UTF-16 unit that four hexadecimal digits stand for. */
function hexUnit(bytes: Uint8Array, at: number): number {
  let unit = 0;
  for (let i = at; i < at + 4; i++) {
    const byte = bytes[i]!;
    unit = unit * 16 + (byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x57);
  }
  return unit;
}

const letterU = 0x75;
const [firstHigh, firstLow, lastLow] = [0xd800, 0xdc00, 0xdfff] as const;

/** By the character behind the backslash. */
const plainEscapes = new Uint8Array(128);
for (const [written, character] of Object.entries({
  ...{ '"': '"', "\\": "\\", "/": "/" },
  ...{ b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" },
})) {
  plainEscapes[written.charCodeAt(0)] = character.charCodeAt(0);
}
