import { DataError } from "../../../sdk/errors.js";
import { addDuration, addMicros, instant } from "../jinja/time/arithmetic.js";
import { formatDatetime, parseDatetime } from "../jinja/time/datetime-format.js";
import { str } from "../jinja/values/text.js";
import type { PyDateTime, PyDuration, PyTimeDelta, PyValue } from "../jinja/values/value.js";
import type { Scale } from "./cursor.js";

/** A distance in time: a fixed one, or one of calendar months. */
export type TimeStep = PyTimeDelta | PyDuration;

/**
 * Times as text: read by the first of `formats` that fits, written in `format`. `granularity` is the shortest distance of
 * two; a millisecond where the manifest names none.
 */
export function timeScale(
  format: string,
  formats: readonly string[],
  granularity: TimeStep | undefined,
): Scale<PyDateTime> {
  const accepted = [...formats, format];
  const least: TimeStep = granularity ?? { kind: "timedelta", microseconds: 1000n };
  return {
    parse(value) {
      for (const candidate of accepted) {
        const time = parsed(value, candidate);
        if (time !== undefined) return time;
      }
      throw new DataError("cursor.format", `the time ${str(value)} has none of the formats ${accepted.join(", ")}`, {
        hint: "name its format among the cursor_datetime_formats of the manifest",
      });
    },
    write: (time) => formatDatetime(time, format),
    compare: compareTimes,
    after: (time) => shifted(time, least, 1) ?? time,
    place: instant,
  };
}

export function compareTimes(a: PyDateTime, b: PyDateTime): number {
  const difference = instant(a) - instant(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** A time moved by a distance; undefined where that leaves the years 1 to 9999. */
export function shifted(time: PyDateTime, step: TimeStep, sign: 1 | -1): PyDateTime | undefined {
  try {
    const moved =
      step.kind === "timedelta" ? addMicros(time, BigInt(sign) * step.microseconds) : addDuration(time, step, sign);
    return moved as PyDateTime | undefined;
  } catch {
    return undefined;
  }
}

function parsed(value: PyValue, format: string): PyDateTime | undefined {
  try {
    return parseDatetime(value, format);
  } catch {
    return undefined;
  }
}
