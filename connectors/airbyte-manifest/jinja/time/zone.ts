import { PythonError } from "../values/python-error.js";
import type { PyZone } from "../values/value.js";
import { offsetText, timedeltaRepr } from "./text.js";

/** `datetime.timezone.utc`. */
export const utc: PyZone = { offset: 0n, name: "UTC", repr: "datetime.timezone.utc" };

/** `pytz.utc`, which prints differently. */
export const pytzUtc: PyZone = { offset: 0n, name: "UTC", repr: "<UTC>" };

/** `datetime.timezone(timedelta)`: an offset below a day, in microseconds. */
export function fixedZone(offset: bigint, name?: string): PyZone {
  if (offset === 0n && name === undefined) return utc;
  const delta = timedeltaRepr(offset);
  return {
    offset,
    name: name ?? `UTC${offsetText(offset, ":")}`,
    repr: `datetime.timezone(${delta}${name === undefined ? "" : `, '${name}'`})`,
  };
}

/** The offset of a named zone at an instant, both in microseconds; an unknown name is an UnknownTimeZoneError. */
export function zoneOffset(name: string, instant: bigint): bigint {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", { timeZone: name, timeZoneName: "longOffset" });
  } catch {
    throw new PythonError("UnknownTimeZoneError", `'${name}'`);
  }
  const parts = format.formatToParts(Number(instant / 1000n));
  const text = parts.find((part) => part.type === "timeZoneName")?.value ?? "GMT";
  const match = /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text);
  if (match?.[1] === undefined) return 0n;
  const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
  return BigInt(match[1] === "-" ? -seconds : seconds) * 1_000_000n;
}
