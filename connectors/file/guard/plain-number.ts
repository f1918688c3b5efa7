/*
 * Numbers as the guards of CSV and JSON let them pass. Each says where the number ends that begins at a place, or -1 where
 * none stands there that DuckDB's readers take as it is written. Behind the bytes there must be one that is no digit.
 */

const [minus, point, zero, nine] = [0x2d, 0x2e, 0x30, 0x39];
/* `(byte ^ zero) <= 9` says of a byte whether it is a digit: one read, one comparison. */
/** Every whole number of so many digits is an int64; of one more, those below 9 × 10¹⁸. */
const int64Digits = 18;
/** A double holds every number of so many digits. */
export const floatDigits = 15;

/** Of an int64. */
export function endOfInteger(bytes: Uint8Array, start: number): number {
  const digits = bytes[start] === minus ? start + 1 : start;
  let at = digits;
  while ((bytes[at]! ^ zero) <= 9) at++;
  const count = at - digits;
  if (bytes[digits] === zero) return count === 1 && digits === start ? at : -1;
  const fits = count <= int64Digits || (count === int64Digits + 1 && bytes[digits]! < nine);
  return fits && count > 0 ? at : -1;
}

/** Of a decimal with so many digits before its point, where it has one and where it has none, and behind it; not minus zero. */
export function endOfDecimal(
  bytes: Uint8Array,
  start: number,
  wholeDigits: number,
  pointedDigits: number,
  scale: number,
): number {
  const digits = bytes[start] === minus ? start + 1 : start;
  let at = digits;
  while ((bytes[at]! ^ zero) <= 9) at++;
  let count = at - digits;
  if (count === 0) return -1;
  if (bytes[digits] === zero) {
    if (count > 1) return -1;
    count = 0;
  }
  if (bytes[at] === point) {
    const fraction = ++at;
    while ((bytes[at]! ^ zero) <= 9) at++;
    if (at === fraction || at - fraction > scale || count > pointedDigits) return -1;
  } else if (count > wholeDigits) return -1;
  return digits === start || !isZero(bytes, digits, at) ? at : -1;
}

function isZero(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] !== zero && bytes[at] !== point) return false;
  return true;
}
