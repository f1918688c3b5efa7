import { floatText } from "../values/float-text.js";
import { roundFloat, truncated } from "../values/numbers.js";
import { parseFloatText, parseInt10 } from "../values/parse-number.js";
import { PythonError } from "../values/python-error.js";
import { quoted } from "../values/quoted.js";
import { str } from "../values/text.js";
import type { PyDateTime, PyValue } from "../values/value.js";
import { instant } from "./arithmetic.js";
import { inRange, maxDays, minDays, wallDays, wallFields } from "./calendar.js";
import { strftime } from "./strftime.js";
import { strptime } from "./strptime.js";
import { utc } from "./zone.js";

/**
 * A datetime by a manifest's `datetime_format`: strptime's directives, or `%s`, `%s_as_float`, `%ms`,
 * `%epoch_microseconds`, and `%_ms` for milliseconds within a format. Without a zone it is UTC.
 */
export function parseDatetime(date: PyValue, format: string): PyDateTime {
  if (format === "%s") return fromEpoch(intOf(date) * 1_000_000n);
  if (format === "%s_as_float") return fromTimestamp(floatOf(date));
  if (format === "%epoch_microseconds") return fromMicros(intOf(date));
  if (format === "%ms") return fromMicros(intOf(date) * 1000n);
  const parsed = strptime(str(date), format.replaceAll("%_ms", "%f"));
  return parsed.zone === null ? { ...parsed, zone: utc } : parsed;
}

/** The inverse of `parseDatetime`. */
export function formatDatetime(datetime: PyDateTime, format: string): string {
  if (format === "%s") return truncated(timestampOf(datetime)).toString();
  if (format === "%s_as_float") return floatText(timestampOf(datetime));
  if (format === "%epoch_microseconds") return truncated(timestampOf(datetime) * 1_000_000).toString();
  if (format === "%ms") return truncated(timestampOf(datetime) * 1000).toString();
  if (!format.includes("%_ms")) return strftime(datetime, format);
  const millis = Math.floor(wallFields(datetime.wall).microsecond / 1000);
  const text = strftime(datetime, format.replaceAll("%_ms", "%f"));
  return text.replaceAll(strftime(datetime, "%f"), String(millis).padStart(3, "0"));
}

/** `datetime.timestamp()`: seconds since 1970-01-01T00:00:00Z. */
export function timestampOf(datetime: PyDateTime): number {
  return Number(instant(datetime)) / 1_000_000;
}

/** `datetime.fromtimestamp(seconds, timezone.utc)`. */
export function fromTimestamp(seconds: number): PyDateTime {
  const whole = Math.floor(seconds);
  if (!Number.isFinite(seconds)) throw new PythonError("ValueError", "cannot convert float to a datetime");
  return fromEpoch(BigInt(whole) * 1_000_000n + BigInt(roundFloat((seconds - whole) * 1e6, 0)));
}

/** `datetime.fromtimestamp`: unlike a sum of datetimes a ValueError out of range. */
function fromEpoch(micros: bigint): PyDateTime {
  const days = wallDays(micros);
  if (days < minDays || days > maxDays) throw new PythonError("ValueError", "year is out of range");
  return fromMicros(micros);
}

export function fromMicros(micros: bigint): PyDateTime {
  return { kind: "datetime", wall: inRange(micros), zone: utc };
}

function intOf(value: PyValue): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "boolean") return BigInt(value);
  if (typeof value === "number") return truncated(value);
  const int = typeof value === "string" ? parseInt10(value) : undefined;
  if (int !== undefined) return int;
  throw new PythonError("ValueError", `invalid literal for int() with base 10: ${quoted(str(value))}`);
}

function floatOf(value: PyValue): number {
  if (typeof value === "bigint" || typeof value === "number" || typeof value === "boolean") return Number(value);
  const float = typeof value === "string" ? parseFloatText(value) : undefined;
  if (float !== undefined) return float;
  throw new PythonError("ValueError", `could not convert string to float: ${quoted(str(value))}`);
}
