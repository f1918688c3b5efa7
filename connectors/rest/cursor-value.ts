import { ConfigError, type Json } from "../../sdk/index.js";
import type { CursorConfig } from "./stream-config.js";

/** A cursor as rows and states have it. */
export type CursorValue = string | number;

/** A time as a parameter is to be written. */
export function writtenTime(ms: number, format: CursorConfig["format"]): CursorValue {
  const iso = new Date(ms).toISOString();
  switch (format) {
    case "unix":
      return Math.floor(ms / 1000);
    case "unix_ms":
      return ms;
    case "date":
      return iso.slice(0, 10);
    default:
      return iso.replace(/\.000Z$/, "Z");
  }
}

/** A cursor as the parameter for `changed since` is to be written, moved back by the lookback. */
export function writtenSince(value: CursorValue, { format }: CursorConfig, lookback = 0): CursorValue {
  if (format === "as_is" && lookback === 0) return value;
  if (typeof value === "number" && format === "as_is") return value - lookback;
  const ms = timeOf(value);
  if (ms === undefined) {
    throw new ConfigError("rest.cursor_no_time", `the cursor value '${value}' is no time`, {
      hint: "leave format and lookback out, or choose a cursor that is a time",
    });
  }
  return writtenTime(ms - lookback, format);
}

/** Unix milliseconds of a cursor: ISO text, or Unix seconds or milliseconds. */
export function timeOf(value: Json | undefined): number | undefined {
  if (typeof value === "number") return value < 100_000_000_000 ? value * 1000 : value;
  const ms = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

/** Negative, zero or positive as `a` is before, the same as or after `b`: by time where both are times. */
export function compareCursors(a: CursorValue, b: CursorValue): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [left, right] = [timeOf(a), timeOf(b)];
  if (left !== undefined && right !== undefined && left !== right) return left - right;
  const [first, second] = [String(a), String(b)];
  return first < second ? -1 : first > second ? 1 : 0;
}
