import { str } from "../jinja/values/text.js";
import type { PyValue } from "../jinja/values/value.js";

/** A time that an API gives, as ISO text (UTC where it names no zone) or seconds since 1970, in milliseconds since 1970; undefined for anything else. */
export function instantOf(value: PyValue): number | undefined {
  const text = str(value).trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const isZoneless = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(text);
  const time = Date.parse(isZoneless ? `${text}Z` : text);
  return Number.isNaN(time) ? undefined : time;
}
