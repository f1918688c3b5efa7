import type { PyDateTime } from "../values/value.js";
import { civilFromDays, dayMicros, floorDivide, timeOfDay, wallDays, wallFields } from "./calendar.js";

const pad = (value: number | bigint, width: number) => String(value).padStart(width, "0");

export function isoDate(days: number): string {
  const { year, month, day } = civilFromDays(days);
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
}

export type TimeSpec = "auto" | "hours" | "minutes" | "seconds" | "milliseconds" | "microseconds";

/** `datetime.isoformat(separator, spec)`. */
export function isoDatetime({ wall, zone }: PyDateTime, separator: string, spec: TimeSpec = "auto"): string {
  const offset = zone === null ? "" : offsetText(zone.offset, ":");
  return `${isoDate(wallDays(wall))}${separator}${isoTime(timeOfDay(wall), spec)}${offset}`;
}

/** `time.isoformat(spec)` of microseconds since midnight. */
export function isoTime(microseconds: bigint, spec: TimeSpec = "auto"): string {
  const { hour, minute, second, microsecond } = wallFields(microseconds);
  const time = [pad(hour, 2), pad(minute, 2), pad(second, 2)];
  const parts = spec === "hours" ? 1 : spec === "minutes" ? 2 : 3;
  const digits =
    spec === "microseconds" || (spec === "auto" && microsecond !== 0) ? 6 : spec === "milliseconds" ? 3 : 0;
  const fraction = digits === 0 ? "" : `.${pad(microsecond, 6).slice(0, digits)}`;
  return time.slice(0, parts).join(":") + fraction;
}

/** An offset as `+HH:MM`, with seconds and microseconds only where there are some. */
export function offsetText(offset: bigint, separator: string): string {
  const magnitude = offset < 0n ? -offset : offset;
  const seconds = magnitude / 1_000_000n;
  const parts = [pad(seconds / 3600n, 2), pad((seconds / 60n) % 60n, 2)];
  const micros = magnitude % 1_000_000n;
  if (seconds % 60n !== 0n || micros !== 0n) parts.push(pad(seconds % 60n, 2));
  return `${offset < 0n ? "-" : "+"}${parts.join(separator)}${micros === 0n ? "" : `.${pad(micros, 6)}`}`;
}

export function dateRepr(days: number): string {
  const { year, month, day } = civilFromDays(days);
  return `datetime.date(${year}, ${month}, ${day})`;
}

export function datetimeRepr({ wall, zone }: PyDateTime): string {
  const { year, month, day, hour, minute, second, microsecond } = wallFields(wall);
  const parts = [year, month, day, hour, minute];
  if (second !== 0 || microsecond !== 0) parts.push(second);
  if (microsecond !== 0) parts.push(microsecond);
  return `datetime.datetime(${parts.join(", ")}${zone === null ? "" : `, tzinfo=${zone.repr}`})`;
}

export function timeRepr(microseconds: bigint): string {
  const { hour, minute, second, microsecond } = wallFields(microseconds);
  const parts = [hour, minute];
  if (second !== 0 || microsecond !== 0) parts.push(second);
  if (microsecond !== 0) parts.push(microsecond);
  return `datetime.time(${parts.join(", ")})`;
}

/** `str(timedelta)`: `1 day, 2:03:04`. */
export function timedeltaText(microseconds: bigint): string {
  const { days, seconds, micros } = timedeltaParts(microseconds);
  const time = `${Math.floor(seconds / 3600)}:${pad(Math.floor(seconds / 60) % 60, 2)}:${pad(seconds % 60, 2)}`;
  const prefix = days === 0n ? "" : `${days} day${days === 1n || days === -1n ? "" : "s"}, `;
  return `${prefix}${time}${micros === 0 ? "" : `.${pad(micros, 6)}`}`;
}

export function timedeltaRepr(microseconds: bigint): string {
  const { days, seconds, micros } = timedeltaParts(microseconds);
  const parts: string[] = [];
  if (days !== 0n) parts.push(`days=${days}`);
  if (seconds !== 0) parts.push(`seconds=${seconds}`);
  if (micros !== 0) parts.push(`microseconds=${micros}`);
  return `datetime.timedelta(${parts.length === 0 ? "0" : parts.join(", ")})`;
}

/** Days of any sign, seconds of 0 to 86,399, microseconds of 0 to 999,999: how Python keeps a timedelta. */
export function timedeltaParts(microseconds: bigint): { days: bigint; seconds: number; micros: number } {
  const days = floorDivide(microseconds, dayMicros);
  const inDay = microseconds - days * dayMicros;
  return { days, seconds: Number(inDay / 1_000_000n), micros: Number(inDay % 1_000_000n) };
}
