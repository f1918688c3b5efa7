import { floatText } from "../values/float-text.js";

/** A float with a fixed number of decimals, rounded half to even from its exact value, as `%.2f`. */
export function fixed(value: number, decimals: number, alternate = false): string {
  if (!Number.isFinite(value)) return floatText(value);
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  let magnitude = Math.abs(value);
  let scale = 0;
  while (!Number.isInteger(magnitude)) {
    magnitude *= 2;
    scale++;
  }
  // The value is exactly that integer divided by 2^scale.
  const numerator = BigInt(magnitude) * 10n ** BigInt(decimals);
  const denominator = 1n << BigInt(scale);
  let digits = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  if (twice > denominator || (twice === denominator && digits % 2n === 1n)) digits += 1n;
  const text = digits.toString().padStart(decimals + 1, "0");
  if (decimals === 0) return sign + text + (alternate ? "." : "");
  return `${sign}${text.slice(0, -decimals)}.${text.slice(-decimals)}`;
}

/** Scientific notation with a number of decimals, as `%e`. */
export function exponential(value: number, decimals: number, alternate = false): string {
  if (!Number.isFinite(value)) return floatText(value);
  const [mantissa = "", exponent = "0"] = value.toExponential(Math.min(decimals, 100)).split("e");
  const sign = Object.is(value, -0) ? "-" : "";
  const point = alternate && decimals === 0 ? "." : "";
  return `${sign}${mantissa}${point}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
}

/**
 * The shorter of both with a number of significant digits, as `%g`; trailing zeros go unless `alternate`. With
 * `asFloat` a whole number keeps one decimal, and so has one digit less before the scientific form is taken.
 */
export function general(value: number, precision: number, alternate = false, asFloat = false): string {
  if (!Number.isFinite(value)) return floatText(value);
  const digits = Math.max(1, precision);
  const exponent = value === 0 ? 0 : Number(value.toExponential(Math.min(digits - 1, 100)).split("e")[1]);
  const isFixed = exponent >= -4 && exponent < digits - (asFloat ? 1 : 0);
  const text = isFixed ? fixed(value, digits - 1 - exponent, alternate) : exponential(value, digits - 1, alternate);
  if (alternate) return text;
  const short = text.includes(".") ? text.replace(/\.?0+(?=e|$)/, "") : text;
  return asFloat && isFixed && !short.includes(".") ? `${short}.0` : short;
}
