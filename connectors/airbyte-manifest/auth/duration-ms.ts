import { addDuration } from "../jinja/time/arithmetic.js";
import { utc } from "../jinja/time/zone.js";
import type { PyDuration, PyTimeDelta } from "../jinja/values/value.js";

/** How many milliseconds a duration lasts from a moment on. */
export function durationMs(duration: PyTimeDelta | PyDuration, fromMs: number): number {
  if (duration.kind === "timedelta") return Number(duration.microseconds / 1000n);
  const from = { kind: "datetime", wall: BigInt(Math.round(fromMs)) * 1000n, zone: utc } as const;
  const until = addDuration(from, duration, 1);
  return typeof until === "object" && until !== null && "wall" in until ? Number((until.wall - from.wall) / 1000n) : 0;
}
