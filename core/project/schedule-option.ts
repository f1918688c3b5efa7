import { z } from "zod";
import { ConfigError } from "../../sdk/errors.js";
import { parseCron } from "./cron.js";
import { parseDuration } from "./duration.js";
import { parsed } from "./parsed.js";

const cronText = parsed(z.string(), parseCron);

const timeZone = parsed(z.string(), (name) => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    throw new ConfigError("schedule.time_zone", `'${name}' is not a time zone`, {
      hint: "write one of the IANA database: Europe/Berlin, UTC",
    });
  }
});

/** When a connection is due: one of cron (with a time zone), every, after and webhook. */
export const scheduleOption = z
  .strictObject({
    cron: cronText.describe("Minute, hour, day of month, month, day of week").optional(),
    time_zone: timeZone.describe("The clock that cron is read by, e.g. Europe/Berlin; default: UTC").optional(),
    every: parsed(z.string(), parseDuration).describe("An interval, e.g. 15m").optional(),
    after: z.string().min(1).describe("The connection that it follows").optional(),
    webhook: z.literal(true).describe("When it is called").optional(),
  })
  .superRefine((schedule, context) => {
    const { time_zone: zone, ...ways } = schedule;
    const given = Object.keys(ways);
    if (given.length !== 1) {
      const message = `expected one of cron, every, after and webhook, found ${given.join(" and ") || "none"}`;
      context.addIssue({ code: "custom", message, params: { hint: "keep one of them" } });
    }
    if (zone !== undefined && ways.cron === undefined) {
      context.addIssue({
        code: "custom",
        path: ["time_zone"],
        message: "a time zone goes with cron only",
        params: { hint: "leave it out" },
      });
    }
  });
