import { divide, floorDivideNumbers, modulo, roundFloat, truncated } from "../values/numbers.js";
import { PythonError } from "../values/python-error.js";
import type { PyTimeDelta, PyValue } from "../values/value.js";
import { dayMicros } from "./calendar.js";

const maxMicros = 999_999_999n * dayMicros;

/** A timedelta of microseconds; an OverflowError beyond what Python's holds. */
export function timedelta(microseconds: bigint): PyTimeDelta {
  if (microseconds > maxMicros + dayMicros - 1n || microseconds < -maxMicros) {
    const message = `days=${microseconds / dayMicros}; must have magnitude <= 999999999`;
    throw new PythonError("OverflowError", message);
  }
  return { kind: "timedelta", microseconds };
}

/** A duration times a number; undefined where Python knows no such product. */
export function scaleTime(value: PyValue, factor: bigint | number): PyValue | undefined {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
  if (value.kind === "duration" && typeof factor === "bigint") {
    const times = Number(factor);
    return { kind: "duration", years: value.years * times, months: value.months * times, rest: value.rest * factor };
  }
  if (value.kind !== "timedelta") return undefined;
  const { microseconds } = value;
  if (typeof factor === "bigint") return timedelta(microseconds * factor);
  return timedelta(truncated(roundFloat(Number(microseconds) * factor, 0)));
}

/** `/`, `//` and `%` of a timedelta by another or by a number. */
export function divideTime(
  operator: string,
  left: PyTimeDelta,
  right: PyTimeDelta | bigint | number,
): PyValue | undefined {
  const dividend = left.microseconds;
  if (typeof right === "object") {
    if (operator === "/") return divide(dividend, right.microseconds);
    if (operator === "//") return floorDivideNumbers(dividend, right.microseconds);
    return operator === "%" ? timedelta(BigInt(modulo(dividend, right.microseconds))) : undefined;
  }
  if (operator === "/") return timedelta(truncated(roundFloat(divide(dividend, right), 0)));
  if (operator !== "//" || typeof right !== "bigint") return undefined;
  return timedelta(BigInt(floorDivideNumbers(dividend, right)));
}
