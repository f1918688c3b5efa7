import { z } from "../../sdk/index.js";

const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** A stretch of time as a user writes it, `30d`; in milliseconds. */
export const duration = z
  .string()
  .regex(/^\d+[smhdw]$/, "must be a number and s, m, h, d or w, such as 30d")
  .transform((text) => Number(text.slice(0, -1)) * units[text.at(-1) as keyof typeof units]);
