/** A number read from its text; one object for all of them. */
export interface PlainNumber {
  /** Its digits without the point: a whole number that a double counts exactly. The sign is left to the caller. */
  digits: number;
  /** Digits before the point, without a leading zero. */
  wholeDigits: number;
  /** Digits behind it. */
  fractionDigits: number;
}

export function plainNumber(): PlainNumber {
  return { digits: 0, wholeDigits: 0, fractionDigits: 0 };
}

/** A double counts whole numbers exactly up to this many digits. */
export const safeDigits = 15;

const [minus, point, zero, nine] = [0x2d, 0x2e, 0x30, 0x39];

/**
 * Reads `-?(0|[1-9][0-9]*)(\.[0-9]+)?` or `-?\.[0-9]+` from `start` to `end`; false for every other text, and for more
 * digits than are safe.
 */
export function readNumber(bytes: Uint8Array, start: number, end: number, into: PlainNumber): boolean {
  let at = bytes[start] === minus ? start + 1 : start;
  const first = at;
  let digits = 0;
  while (at < end && bytes[at]! >= zero && bytes[at]! <= nine) digits = digits * 10 + bytes[at++]! - zero;
  const found = at - first;
  const leadingZero = found > 0 && bytes[first] === zero;
  if (leadingZero && found > 1) return false;
  let fractionDigits = 0;
  if (at < end && bytes[at] === point) {
    const behind = ++at;
    while (at < end && bytes[at]! >= zero && bytes[at]! <= nine) digits = digits * 10 + bytes[at++]! - zero;
    fractionDigits = at - behind;
    if (fractionDigits === 0) return false;
  }
  const wholeDigits = leadingZero ? 0 : found;
  into.digits = digits;
  into.wholeDigits = wholeDigits;
  into.fractionDigits = fractionDigits;
  return at === end && found + fractionDigits > 0 && wholeDigits + fractionDigits <= safeDigits;
}

const decimalText = /^(-?)(0|[1-9]\d*|(?=\.))(?:\.(\d+))?$/;

/** The unscaled value of a decimal of any length; undefined where it does not fit, and for minus zero, which has no decimal. */
export function unscaledDecimal(text: string, precision: number, scale: number): bigint | undefined {
  const match = decimalText.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = ""] = match;
  if (fraction.length > scale || (whole === "0" ? 0 : whole.length) > precision - scale) return undefined;
  const unscaled = BigInt(whole + fraction.padEnd(scale, "0"));
  if (sign === "") return unscaled;
  return unscaled === 0n ? undefined : -unscaled;
}
