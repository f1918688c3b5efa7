import { secret, z } from "../../sdk/index.js";

export const webhookConfig = z.strictObject({
  inbox: z.string().describe("The folder where events wait until a sync has committed them"),
  streams: z
    .array(z.string().regex(/^[A-Za-z0-9_-]+$/, "must be letters, digits, _ and -"))
    .min(1)
    .describe("The streams: events posted to /NAME are rows of NAME"),
  host: z.string().default("127.0.0.1").describe("The address that `sluice receive` listens on"),
  port: z.int().min(0).max(65_535).default(8787).describe("The port that `sluice receive` listens on"),
  signing_secret: secret(
    "Secret of Standard Webhooks signatures, whsec_…; events without a right one are refused",
  ).optional(),
  max_event_bytes: z.int().positive().default(1_048_576).describe("The longest event taken"),
});

export type WebhookConfig = z.output<typeof webhookConfig>;
