import { dateInfinity, timestampInfinity } from "./vector.js";

const microsPerDay = 86_400_000_000n;

/** Days since 1970-01-01 of `2024-02-29`, `-000043-03-15`, `0044-03-15 BC` or `infinity`; undefined for anything else. */
export function parseDate(text: string): number | undefined {
  if (text === "infinity" || text === "-infinity") return text === "infinity" ? dateInfinity : -dateInfinity;
  const match = /^(\d{4,7}|[+-]\d{4,7})-(\d\d)-(\d\d)( BC)?$/.exec(text);
  if (match === null) return undefined;
  const [, years, months, days, era] = match;
  const year = era === undefined ? Number(years) : 1 - Number(years);
  if (era !== undefined && !(Number(years) >= 1)) return undefined;
  return daysOf(year, Number(months), Number(days));
}

/** Microseconds since midnight of `23:59:59.999999`, seconds optional; `24:00:00` is the end of the day. */
export function parseTime(text: string): bigint | undefined {
  const match = /^(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?$/.exec(text);
  if (match === null) return undefined;
  const [, hours, minutes, seconds = "0", fraction = ""] = match;
  const micros = fractionMicros(fraction);
  if (micros === undefined || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const time = (BigInt(hours!) * 3600n + BigInt(minutes!) * 60n + BigInt(seconds)) * 1_000_000n + micros;
  return time <= microsPerDay ? time : undefined;
}

/** Microseconds since 1970-01-01 00:00 of a date and time without a zone. */
export function parseDatetime(text: string): bigint | undefined {
  if (text === "infinity" || text === "-infinity") return text === "infinity" ? timestampInfinity : -timestampInfinity;
  const match = /^([+-]?\d{4,7}-\d\d-\d\d)(?:[T ]([\d:.,]+))?( BC)?$/.exec(text);
  if (match === null) return undefined;
  const days = parseDate(match[1]! + (match[3] ?? ""));
  const time = parseTime(match[2] ?? "00:00");
  return days === undefined || time === undefined ? undefined : BigInt(days) * microsPerDay + time;
}

/** Microseconds since 1970-01-01 00:00 UTC of a date and time with a zone: `Z`, `+02`, `-03:30`. */
export function parseTimestamp(text: string): bigint | undefined {
  if (text === "infinity" || text === "-infinity") return parseDatetime(text);
  const match = /^(.+:[\d.,]+?) ?(?:([Zz])|([+-])(\d\d):?(\d\d)?)( BC)?$/.exec(text);
  if (match === null) return undefined;
  const [, local, utc, sign, hours, minutes = "0", era = ""] = match;
  const wall = parseDatetime(local! + era);
  if (wall === undefined || utc !== undefined) return wall;
  if (Number(hours) > 15 || Number(minutes) > 59) return undefined;
  const offset = (BigInt(hours!) * 60n + BigInt(minutes)) * 60_000_000n;
  return sign === "+" ? wall - offset : wall + offset;
}

function fractionMicros(fraction: string): bigint | undefined {
  if (/[^0]/.test(fraction.slice(6))) return undefined;
  return BigInt(fraction.slice(0, 6).padEnd(6, "0"));
}

/** Days since 1970-01-01 in the proleptic Gregorian calendar; undefined where there is no such day. */
function daysOf(year: number, month: number, day: number): number | undefined {
  if (month < 1 || month > 12 || day < 1 || day > monthDays(year, month)) return undefined;
  // http://howardhinnant.github.io/date_algorithms.html#days_from_civil
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function monthDays(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}
