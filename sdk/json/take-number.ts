import { jsonByte } from "./json-scan.js";

/** Doubles count exactly to 15 digits. */
export const safeDigits = 15;

/**
 * Reads a number without an exponent that has a member's end right behind it, and puts it into `numbers`: NaN for one that
 * a double may not have exactly as it is written. Returns where it ends; 0 for any other value, for which NaN stands too.
 */
export function takeNumber(bytes: Uint8Array, start: number, numbers: Float64Array, at: number): number {
  numbers[at] = Number.NaN;
  const negative = bytes[start] === hyphen;
  const first = negative ? start + 1 : start;
  let end = first;
  let value = 0;
  let byte = bytes[end]!;
  for (; isDigit(byte); byte = bytes[end]!) {
    value = value * 10 + byte - digit0;
    end++;
  }
  if (end === first || (end > first + 1 && bytes[first] === digit0)) return 0;
  let [digits, scale] = [end - first, 0];
  if (byte === dot) {
    const point = end++;
    for (byte = bytes[end]!; isDigit(byte); byte = bytes[end]!) {
      value = value * 10 + byte - digit0;
      end++;
    }
    scale = end - point - 1;
    digits += scale;
    if (scale === 0) return 0;
  }
  if (byte !== jsonByte.comma && byte !== jsonByte.closeBrace) return 0;
  // Both are exact, so that the quotient is the double next to what is written.
  if (digits <= safeDigits && !(negative && value === 0)) {
    const exact = scale === 0 ? value : value / powersOfTen[scale]!;
    numbers[at] = negative ? -exact : exact;
  }
  return end;
}

function isDigit(byte: number): boolean {
  return byte >= digit0 && byte <= 0x39;
}

const powersOfTen = Float64Array.from({ length: safeDigits + 1 }, (_, exponent) => 10 ** exponent);
const [hyphen, dot, digit0] = [0x2d, 0x2e, 0x30] as const;
