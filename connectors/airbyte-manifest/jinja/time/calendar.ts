import { PythonError } from "../values/python-error.js";

export const dayMicros = 86_400_000_000n;

export interface Fields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
}

export const minDays = daysFromCivil(1, 1, 1);
export const maxDays = daysFromCivil(9999, 12, 31);

/** Days since 1970-01-01 of a day of the proleptic Gregorian calendar, unchecked. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

export function civilFromDays(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9);
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

export function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The day's number, checked as Python's `date(year, month, day)` does. */
export function checkedDays(year: number, month: number, day: number): number {
  if (year < 1 || year > 9999) throw new PythonError("ValueError", `year ${year} is out of range`);
  if (month < 1 || month > 12) throw new PythonError("ValueError", "month must be in 1..12");
  if (day < 1 || day > daysInMonth(year, month)) {
    throw new PythonError("ValueError", "day is out of range for month");
  }
  return daysFromCivil(year, month, day);
}

/** Microseconds since 1970-01-01T00:00:00, checked as Python's `datetime(…)` does. */
export function checkedWall(fields: Fields): bigint {
  const { year, month, day, hour, minute, second, microsecond } = fields;
  const days = checkedDays(year, month, day);
  if (hour < 0 || hour > 23) throw new PythonError("ValueError", "hour must be in 0..23");
  if (minute < 0 || minute > 59) throw new PythonError("ValueError", "minute must be in 0..59");
  if (second < 0 || second > 59) throw new PythonError("ValueError", "second must be in 0..59");
  if (microsecond < 0 || microsecond > 999_999) {
    throw new PythonError("ValueError", "microsecond must be in 0..999999");
  }
  return BigInt(days) * dayMicros + BigInt((hour * 60 + minute) * 60 + second) * 1_000_000n + BigInt(microsecond);
}

export function floorDivide(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend % divisor !== 0n && dividend < 0n !== divisor < 0n ? quotient - 1n : quotient;
}

export function wallDays(wall: bigint): number {
  return Number(floorDivide(wall, dayMicros));
}

/** Microseconds since midnight. */
export function timeOfDay(wall: bigint): bigint {
  return wall - BigInt(wallDays(wall)) * dayMicros;
}

export function wallFields(wall: bigint): Fields {
  const days = wallDays(wall);
  const inDay = wall - BigInt(days) * dayMicros;
  const seconds = Number(inDay / 1_000_000n);
  return {
    ...civilFromDays(days),
    hour: Math.floor(seconds / 3600),
    minute: Math.floor(seconds / 60) % 60,
    second: seconds % 60,
    microsecond: Number(inDay % 1_000_000n),
  };
}

/** 0 for Monday to 6 for Sunday. */
export function weekday(days: number): number {
  return (((days + 3) % 7) + 7) % 7;
}

export function dayOfYear(days: number): number {
  return days - daysFromCivil(civilFromDays(days).year, 1, 1) + 1;
}

/** ISO year, week and weekday (1 for Monday). */
export function isoCalendar(days: number): { year: number; week: number; weekday: number } {
  const thursday = days - weekday(days) + 3;
  const { year } = civilFromDays(thursday);
  const week = Math.floor((thursday - daysFromCivil(year, 1, 1)) / 7) + 1;
  return { year, week, weekday: weekday(days) + 1 };
}

/** The wall time, or an OverflowError outside the years 1 to 9999. */
export function inRange(wall: bigint): bigint {
  const days = wallDays(wall);
  if (days < minDays || days > maxDays) throw new PythonError("OverflowError", "date value out of range");
  return wall;
}
