/**
 * The usual ASCII forms of dates and times, read from bytes without a string or a bigint; NaN for every other form, which
 * `time-text.ts` decides about. Microseconds are whole numbers that a double counts exactly: years 1700 to 2250.
 */
const firstYear = 1700;
const lastYear = 2250;

const [hyphen, colon, point, plus, space, letterT, letterZ] = [0x2d, 0x3a, 0x2e, 0x2b, 0x20, 0x54, 0x5a];
const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Days since 1970-01-01 of `2024-02-29`. */
export function plainDate(bytes: Uint8Array, start: number, end: number): number {
  return end - start === 10 ? daysAt(bytes, start) : Number.NaN;
}

/** Microseconds since 1970-01-01 00:00 of `2024-02-29T23:59:59.999`. */
export function plainDatetime(bytes: Uint8Array, start: number, end: number): number {
  return endOfTime(bytes, start, end) === end ? microsAt(bytes, start, end) : Number.NaN;
}

/** Microseconds since 1970-01-01 00:00 UTC of `2024-02-29T23:59:59.999+01:00`; the zone may be `Z`, or `+01` as PostgreSQL prints it. */
export function plainTimestamp(bytes: Uint8Array, start: number, end: number): number {
  const zone = endOfTime(bytes, start, end);
  const micros = microsAt(bytes, start, zone);
  if (bytes[zone] === letterZ) return end === zone + 1 ? micros : Number.NaN;
  const hasMinutes = end !== zone + 3;
  if (hasMinutes && (end !== zone + 6 || bytes[zone + 3] !== colon)) return Number.NaN;
  const [hours, minutes] = [pair(bytes, zone + 1), hasMinutes ? pair(bytes, zone + 4) : 0];
  const sign = bytes[zone] === plus ? 1 : bytes[zone] === hyphen ? -1 : Number.NaN;
  return hours <= 15 && minutes <= 59 ? micros - sign * (hours * 60 + minutes) * 60_000_000 : Number.NaN;
}

function daysAt(bytes: Uint8Array, at: number): number {
  const year = pair(bytes, at) * 100 + pair(bytes, at + 2);
  const month = pair(bytes, at + 5);
  const day = pair(bytes, at + 8);
  const isDate = bytes[at + 4] === hyphen && bytes[at + 7] === hyphen && year >= firstYear && year <= lastYear;
  if (!isDate || !(month >= 1 && month <= 12 && day >= 1)) return Number.NaN;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (day > monthDays[month - 1]! + (month === 2 && leap ? 1 : 0)) return Number.NaN;
  // http://howardhinnant.github.io/date_algorithms.html#days_from_civil, for years after 0
  const marchYear = month <= 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leapDays + dayOfYear - 719_468;
}

/** Where the digits of a time with seconds end, `start` being where its date begins. */
function endOfTime(bytes: Uint8Array, start: number, end: number): number {
  let at = start + 19;
  if (bytes[at] !== point || at >= end) return at;
  do at++;
  while (at < end && bytes[at]! >= 0x30 && bytes[at]! <= 0x39);
  return at;
}

function microsAt(bytes: Uint8Array, start: number, end: number): number {
  const days = daysAt(bytes, start);
  const separated = bytes[start + 10] === letterT || bytes[start + 10] === space;
  if (!separated || bytes[start + 13] !== colon || bytes[start + 16] !== colon) return Number.NaN;
  const [hours, minutes, seconds] = [pair(bytes, start + 11), pair(bytes, start + 14), pair(bytes, start + 17)];
  const digits = end - start - 20;
  if (!(hours <= 23 && minutes <= 59 && seconds <= 59) || digits > 6 || digits === 0 || digits < -1) return Number.NaN;
  let fraction = 0;
  for (let place = 0; place < 6; place++) {
    fraction = fraction * 10 + (place < digits ? bytes[start + 20 + place]! - 0x30 : 0);
  }
  return ((days * 24 + hours) * 60 + minutes) * 60_000_000 + seconds * 1_000_000 + fraction;
}

/** Two digits as a number; NaN where they are none. */
function pair(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - 0x30;
  const ones = bytes[at + 1]! - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}
