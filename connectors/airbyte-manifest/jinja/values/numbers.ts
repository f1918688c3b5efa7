import { PythonError } from "./python-error.js";
import type { PyValue } from "./value.js";

/** The value as an int or float, True being 1; undefined for what is no number. */
export function numeric(value: PyValue): bigint | number | undefined {
  if (typeof value === "bigint" || typeof value === "number") return value;
  return typeof value === "boolean" ? (value ? 1n : 0n) : undefined;
}

/** An int as a float; an OverflowError where it has no float near it. */
export function toFloat(value: bigint | number): number {
  const float = Number(value);
  if (typeof value === "bigint" && !Number.isFinite(float)) {
    throw new PythonError("OverflowError", "int too large to convert to float");
  }
  return float;
}

/** A float cut to an int. */
export function truncated(value: number): bigint {
  if (Number.isNaN(value)) throw new PythonError("ValueError", "cannot convert float NaN to integer");
  if (!Number.isFinite(value)) throw new PythonError("OverflowError", "cannot convert float infinity to integer");
  return BigInt(Math.trunc(value));
}

/** An int of a size that fits an index or a count; far beyond any list where it is larger. */
export function toIndex(value: bigint): number {
  const limit = 2n ** 52n;
  return Number(value > limit ? limit : value < -limit ? -limit : value);
}

/** More than any int that Python prints: what is longer only costs time. */
const maxBits = 16_384;
const maxInt = 2n ** BigInt(maxBits);

/** The int, or an OverflowError where it has more than five thousand digits. */
export function bounded(value: bigint): bigint {
  if (value < maxInt && value > -maxInt) return value;
  throw new PythonError("OverflowError", `an integer of more than ${maxBits} bits`);
}

export function divide(left: bigint | number, right: bigint | number): number {
  if (isZero(right)) {
    const message =
      typeof left === "number" || typeof right === "number" ? "float division by zero" : "division by zero";
    throw new PythonError("ZeroDivisionError", message);
  }
  if (typeof left === "number" || typeof right === "number") return toFloat(left) / toFloat(right);
  return divideInts(left, right);
}

/** The float nearest to a quotient of ints of any size. */
function divideInts(left: bigint, right: bigint): number {
  const safe = 2n ** 53n;
  if (left < safe && left > -safe && right < safe && right > -safe) return Number(left) / Number(right);
  const negative = left < 0n !== right < 0n;
  let dividend = left < 0n ? -left : left;
  let divisor = right < 0n ? -right : right;
  // Scaled so that the quotient has 66 bits or so; the last bit remembers a remainder, for the rounding.
  const shift = bitLength(divisor) - bitLength(dividend) + 66;
  if (shift > 0) dividend <<= BigInt(shift);
  else divisor <<= BigInt(-shift);
  const quotient = (dividend / divisor) | (dividend % divisor === 0n ? 0n : 1n);
  const result = Number(quotient) * 2 ** -shift;
  if (!Number.isFinite(result)) throw new PythonError("OverflowError", "integer division result too large for a float");
  return negative ? -result : result;
}

export function bitLength(value: bigint): number {
  return value === 0n ? 0 : (value < 0n ? -value : value).toString(2).length;
}

export function floorDivideNumbers(left: bigint | number, right: bigint | number): bigint | number {
  if (isZero(right)) {
    const isFloat = typeof left === "number" || typeof right === "number";
    const message = isFloat ? "float floor division by zero" : "integer division or modulo by zero";
    throw new PythonError("ZeroDivisionError", message);
  }
  if (typeof left === "bigint" && typeof right === "bigint") return (left - floorModulo(left, right)) / right;
  const [dividend, divisor] = [toFloat(left), toFloat(right)];
  const remainder = floatModulo(dividend, divisor);
  const quotient = (dividend - remainder) / divisor;
  // Zero has the sign that the exact quotient would have.
  if (quotient === 0) return dividend / divisor < 0 || Object.is(dividend / divisor, -0) ? -0 : 0;
  const floor = Math.floor(quotient);
  return quotient - floor > 0.5 ? floor + 1 : floor;
}

export function modulo(left: bigint | number, right: bigint | number): bigint | number {
  if (isZero(right)) {
    const isFloat = typeof left === "number" || typeof right === "number";
    throw new PythonError("ZeroDivisionError", isFloat ? "float modulo" : "integer division or modulo by zero");
  }
  if (typeof left === "bigint" && typeof right === "bigint") return floorModulo(left, right);
  return floatModulo(toFloat(left), toFloat(right));
}

export function power(left: bigint | number, right: bigint | number): bigint | number {
  if (typeof left === "bigint" && typeof right === "bigint" && right >= 0n) {
    const isSmall = right * BigInt(bitLength(left) - 1) <= BigInt(maxBits);
    if (!isSmall && left !== 0n && left !== 1n && left !== -1n) return bounded(maxInt);
    return bounded(left ** right);
  }
  const [base, exponent] = [toFloat(left), toFloat(right)];
  if (base === 0 && exponent < 0) {
    throw new PythonError("ZeroDivisionError", "0.0 cannot be raised to a negative power");
  }
  if (base === 1 || exponent === 0) return 1;
  if (base === -1 && !Number.isFinite(exponent)) return 1;
  const result = Number.isInteger(exponent) && Math.abs(exponent) <= 64 ? exactPower(base, exponent) : base ** exponent;
  if (Number.isNaN(result) && !Number.isNaN(base) && !Number.isNaN(exponent)) {
    throw new PythonError("ValueError", "a complex number as the result of ** is not supported");
  }
  if (!Number.isFinite(result) && Number.isFinite(base) && Number.isFinite(exponent)) {
    throw new PythonError("OverflowError", "(34, 'Numerical result out of range')");
  }
  return result;
}

/** A power of a float to a small int, rounded once from its exact value: JavaScript's own may be a bit beside it. */
function exactPower(base: number, exponent: number): number {
  if (!Number.isFinite(base) || base === 0) return base ** exponent;
  let [numerator, denominator] = [base, 1n];
  while (!Number.isInteger(numerator)) {
    numerator *= 2;
    denominator *= 2n;
  }
  const times = BigInt(Math.abs(exponent));
  const [above, below] = [BigInt(numerator) ** times, denominator ** times];
  return exponent < 0 ? divideInts(below, above) : divideInts(above, below);
}

function isZero(value: bigint | number): boolean {
  return value === 0n || value === 0;
}

function floorModulo(left: bigint, right: bigint): bigint {
  const remainder = left % right;
  return remainder !== 0n && remainder < 0n !== right < 0n ? remainder + right : remainder;
}

function floatModulo(left: number, right: number): number {
  const remainder = left % right;
  if (remainder === 0) return right < 0 ? -0 : 0;
  return remainder < 0 !== right < 0 ? remainder + right : remainder;
}

/** Half to even, as Python rounds, to a number of decimal digits. */
export function roundFloat(value: number, digits: number): number {
  if (!Number.isFinite(value) || digits > 323) return value;
  if (digits < -308) return value * 0;
  const [mantissa = "0", exponentText = "0"] = exactDigits(value).split("e");
  return Number(roundDecimal(mantissa, Number(exponentText), digits)) * (value < 0 || Object.is(value, -0) ? -1 : 1);
}

/** The exact decimal value of a positive float as an integer and a power of ten. */
function exactDigits(value: number): string {
  let magnitude = Math.abs(value);
  let exponent = 0;
  while (!Number.isInteger(magnitude)) {
    magnitude *= 2;
    exponent++;
  }
  // magnitude / 2^exponent = magnitude * 5^exponent / 10^exponent
  return `${BigInt(magnitude) * 5n ** BigInt(exponent)}e${-exponent}`;
}

function roundDecimal(digitsText: string, exponent: number, digits: number): string {
  const drop = -exponent - digits;
  const whole = BigInt(digitsText);
  if (drop <= 0) return `${whole}e${exponent}`;
  const unit = 10n ** BigInt(drop);
  const remainder = whole % unit;
  let kept = whole / unit;
  if (remainder * 2n > unit || (remainder * 2n === unit && kept % 2n === 1n)) kept += 1n;
  return `${kept}e${-digits}`;
}

/** Half to even, for ints and a negative number of digits. */
export function roundInt(value: bigint, digits: number): bigint {
  if (digits >= 0) return value;
  if (-digits > 10_000) return 0n;
  const unit = 10n ** BigInt(-digits);
  const magnitude = value < 0n ? -value : value;
  const kept = BigInt(roundDecimal(magnitude.toString(), 0, digits).split("e")[0] ?? "0") * unit;
  return value < 0n ? -kept : kept;
}
