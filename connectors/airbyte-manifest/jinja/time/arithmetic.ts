import { PythonError } from "../values/python-error.js";
import type { PyDateTime, PyDuration, PyValue } from "../values/value.js";
import {
  civilFromDays,
  dayMicros,
  daysFromCivil,
  daysInMonth,
  floorDivide,
  inRange,
  maxDays,
  minDays,
  wallDays,
} from "./calendar.js";
import { timedelta } from "./delta.js";

/** `left + timedelta`, or `left - timedelta` with the sign -1; undefined where Python knows no such sum. */
export function addMicros(left: PyValue, micros: bigint, sign: 1n | -1n = 1n): PyValue | undefined {
  if (left === null || typeof left !== "object" || Array.isArray(left)) return undefined;
  if (left.kind === "datetime") return { ...left, wall: inRange(left.wall + sign * micros) };
  if (left.kind === "date") {
    // A date moves by the whole days of a timedelta, rounded down, whichever way it moves.
    return { kind: "date", days: checkedDay(left.days + Number(sign * floorDivide(micros, dayMicros))) };
  }
  return left.kind === "timedelta" ? timedelta(left.microseconds + sign * micros) : undefined;
}

/** `left + duration`, or `left - duration` with the sign -1. */
export function addDuration(left: PyValue, { years, months, rest }: PyDuration, sign: 1 | -1): PyValue | undefined {
  if (left === null || typeof left !== "object" || Array.isArray(left)) return undefined;
  const signed = BigInt(sign) * rest;
  if (left.kind === "duration") {
    return {
      kind: "duration",
      years: left.years + sign * years,
      months: left.months + sign * months,
      rest: left.rest + signed,
    };
  }
  if (left.kind === "timedelta") {
    if (sign === 1) requireWhole(years, months);
    return { kind: "duration", years: sign * years, months: sign * months, rest: left.microseconds + signed };
  }
  if (left.kind !== "date" && left.kind !== "datetime") return undefined;
  requireWhole(years, months);
  const days = left.kind === "date" ? left.days : wallDays(left.wall);
  const moved = monthsLater(days, sign * (years * 12 + months));
  if (left.kind === "date") return addMicros({ kind: "date", days: moved }, rest, BigInt(sign) as 1n | -1n);
  return addMicros({ ...left, wall: left.wall + BigInt(moved - days) * dayMicros }, signed);
}

/** `left - right` of dates, datetimes, timedeltas and durations. */
export function subtractTimes(left: PyValue, right: PyValue): PyValue | undefined {
  if (left === null || typeof left !== "object" || Array.isArray(left)) return undefined;
  if (right === null || typeof right !== "object" || Array.isArray(right)) return undefined;
  if (right.kind === "duration") return addDuration(left, right, -1);
  if (right.kind === "timedelta") {
    if (left.kind === "duration") return { ...left, rest: left.rest - right.microseconds };
    return addMicros(left, right.microseconds, -1n);
  }
  if (left.kind === "date" && right.kind === "date") {
    return timedelta(BigInt(left.days - right.days) * dayMicros);
  }
  if (left.kind !== "datetime" || right.kind !== "datetime") return undefined;
  if ((left.zone === null) !== (right.zone === null)) {
    throw new PythonError("TypeError", "can't subtract offset-naive and offset-aware datetimes");
  }
  return timedelta(instant(left) - instant(right));
}

/** Microseconds since 1970-01-01T00:00:00Z; a datetime without a zone is taken as UTC. */
export function instant({ wall, zone }: PyDateTime): bigint {
  return wall - (zone?.offset ?? 0n);
}

function requireWhole(years: number, months: number): void {
  if (Number.isInteger(years) && Number.isInteger(months)) return;
  throw new PythonError("ValueError", "fractional years or months not supported for date calculations");
}

function monthsLater(days: number, months: number): number {
  const from = civilFromDays(days);
  const total = from.year * 12 + from.month - 1 + months;
  const [year, month] = [Math.floor(total / 12), (((total % 12) + 12) % 12) + 1];
  if (year < 1 || year > 9999) throw new PythonError("ValueError", `year ${year} is out of range`);
  return daysFromCivil(year, month, Math.min(from.day, daysInMonth(year, month)));
}

function checkedDay(days: number): number {
  if (days < minDays || days > maxDays) throw new PythonError("OverflowError", "date value out of range");
  return days;
}
