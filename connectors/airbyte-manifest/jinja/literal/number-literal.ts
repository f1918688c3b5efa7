import type { PyValue } from "../values/value.js";

const radix = /0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+/y;
const decimal = /(?:\d(?:_?\d)*)?(?:\.(?:\d(?:_?\d)*)?)?(?:[eE][+-]?\d(?:_?\d)*)?[jJ]?/y;
/** Python reads no longer decimal int. */
const maxDigits = 4300;

/** The number literal at a place in Python source, and where it ends. */
export function numberAt(source: string, at: number): { value: PyValue; end: number } | undefined {
  radix.lastIndex = at;
  const prefixed = radix.exec(source)?.[0];
  if (prefixed !== undefined) return ended(source, BigInt(prefixed.replaceAll("_", "")), at + prefixed.length);
  decimal.lastIndex = at;
  const text = decimal.exec(source)?.[0] ?? "";
  if (!/^\.?\d/.test(text)) return undefined;
  const end = at + text.length;
  const digits = text.replaceAll("_", "").toLowerCase();
  if (digits.endsWith("j")) {
    return ended(source, { kind: "complex", real: 0, imaginary: Number(digits.slice(0, -1)) }, end);
  }
  if (/[.e]/.test(digits)) return ended(source, Number(digits), end);
  // 007 is no int; 000 is.
  if (/^0+[1-9]/.test(digits) || digits.length > maxDigits) return undefined;
  return ended(source, BigInt(digits), end);
}

function ended(source: string, value: PyValue, end: number): { value: PyValue; end: number } | undefined {
  return /[\w.]/.test(source[end] ?? "") ? undefined : { value, end };
}
