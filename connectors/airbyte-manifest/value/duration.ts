import { ConfigError } from "../../../sdk/errors.js";
import { parseDuration } from "../jinja/time/duration.js";
import type { PyDuration, PyTimeDelta } from "../jinja/values/value.js";

/** An ISO 8601 duration of the manifest. @throws ConfigError `manifest.duration` */
export function durationOf(text: string): PyTimeDelta | PyDuration {
  try {
    return parseDuration(text);
  } catch (cause) {
    throw new ConfigError("manifest.duration", `the manifest has '${text}' where a duration is wanted`, {
      cause,
      hint: "write it as ISO 8601 has it: P1D, PT30M, P1M",
    });
  }
}
