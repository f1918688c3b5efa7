import { floatText } from "../values/float-text.js";

/** A float with a fixed number of decimals, rounded half to even from its exact value, as `%.2f`. */
export function fixed(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return special(value);
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  let magnitude = Math.abs(value);
  let scale = 0;
  while (!Number.isInteger(magnitude)) {
    magnitude *= 2;
    scale++;
  }
  // value = integer / 2^scale exactly
  const numerator = BigInt(magnitude) * 10n ** BigInt(decimals);
  const denominator = 1n << BigInt(scale);
  let digits = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  if (twice > denominator || (twice === denominator && digits % 2n === 1n)) digits += 1n;
  const text = digits.toString().padStart(decimals + 1, "0");
  return sign + (decimals === 0 ? text : `${text.slice(0, -decimals)}.${text.slice(-decimals)}`);
}

/** Scientific notation with a number of decimals, as `%e`. */
export function exponential(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return special(value);
  const [mantissa = "", exponent = "0"] = value.toExponential(Math.min(decimals, 100)).split("e");
  const sign = Object.is(value, -0) ? "-" : "";
  return `${sign}${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
}

/** The shorter of both with a number of significant digits, without trailing zeros, as `%g`. */
export function general(value: number, precision: number, keepZeros = false): string {
  if (!Number.isFinite(value)) return special(value);
  const digits = Math.max(1, precision);
  const exponent = value === 0 ? 0 : Number(value.toExponential(Math.min(digits - 1, 100)).split("e")[1]);
  const isFixed = exponent >= -4 && exponent < digits;
  const text = isFixed ? fixed(value, digits - 1 - exponent) : exponential(value, digits - 1);
  if (keepZeros || !text.includes(".")) return text;
  return text.replace(/\.?0+(?=e|$)/, "");
}

export function special(value: number): string {
  return floatText(value);
}
