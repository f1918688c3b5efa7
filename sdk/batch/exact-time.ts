import { misfit, shown } from "./misfit.js";
import { parseDate, parseDatetime, parseTime, parseTimestamp } from "./time-text.js";
import { timestampInfinity } from "./vector.js";

/* JavaScript values to dates and times, exactly or not at all. A `Date` is an instant, so it is no wall clock. */

/** Days since 1970-01-01, from text or a Date at midnight UTC. */
export function exactDate(value: unknown): number {
  if (value instanceof Date) {
    const days = millisOf(value) / 86_400_000;
    if (Number.isInteger(days)) return days;
    throw misfit("not_exact", `${shown(value)} is not midnight UTC, so it is more than a date`);
  }
  const days = typeof value === "string" ? parseDate(value) : undefined;
  if (days === undefined) throw misfit("malformed", `${shown(value)} is not a date such as 2024-02-29`);
  if (Math.abs(days) > 2_147_483_647) throw misfit("out_of_range", `${shown(value)} is too far away`);
  return days;
}

/** Microseconds since midnight. */
export function exactTime(value: unknown): bigint {
  const micros = typeof value === "string" ? parseTime(value) : undefined;
  if (micros !== undefined) return micros;
  throw misfit("malformed", `${shown(value)} is not a time such as 23:59:59.999999`);
}

/** Microseconds since 1970-01-01 00:00 without a zone. */
export function exactDatetime(value: unknown): bigint {
  const micros = typeof value === "string" ? parseDatetime(value) : undefined;
  if (micros !== undefined) return inRange(micros, value);
  throw misfit("malformed", `${shown(value)} is not a date and time without zone such as 2024-02-29T12:00:00.000001`);
}

/** Microseconds since 1970-01-01 00:00 UTC, from a Date or text with a zone. */
export function exactTimestamp(value: unknown): bigint {
  if (value instanceof Date) return BigInt(millisOf(value)) * 1000n;
  const micros = typeof value === "string" ? parseTimestamp(value) : undefined;
  if (micros !== undefined) return inRange(micros, value);
  throw misfit("malformed", `${shown(value)} is not a time with its zone such as 2024-02-29T12:00:00.000001Z`);
}

function inRange(micros: bigint, value: unknown): bigint {
  const infinite = value === "infinity" || value === "-infinity";
  if (infinite || (micros < timestampInfinity && micros > -timestampInfinity)) return micros;
  throw misfit("out_of_range", `${shown(value)} is too far away for microseconds in 64 bits`);
}

function millisOf(value: Date): number {
  const millis = value.getTime();
  if (Number.isNaN(millis)) throw misfit("malformed", "an invalid Date");
  return millis;
}
