import { ConfigError } from "../../sdk/errors.js";

const milliseconds = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/**
 * The milliseconds of a duration as people write it: `90s`, `1h`, `1h30m`, `2d`.
 * @throws ConfigError `duration.invalid`
 */
export function parseDuration(text: string): number {
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)\s*/gy)];
  const length = parts.reduce((sum, part) => sum + part[0].length, 0);
  if (parts.length === 0 || length !== text.trim().length) {
    throw new ConfigError("duration.invalid", `'${text}' is not a duration`, {
      hint: "write a number and a unit: 500ms, 90s, 15m, 1h30m, 2d or 1w",
    });
  }
  return parts.reduce((sum, part) => sum + Number(part[1]) * milliseconds[part[2] as keyof typeof milliseconds], 0);
}
