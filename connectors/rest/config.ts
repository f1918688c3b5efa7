import { secret, z } from "../../sdk/index.js";
import { authConfig } from "./auth-config.js";
import { apiProblems } from "./check-streams.js";
import { duration } from "./duration.js";
import { streamConfig } from "./stream-config.js";

/** What describes an API, in the project file or in a file beside it. */
const apiFields = {
  base_url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("What paths are put behind"),
  headers: z.record(z.string(), secret("A header's value")).default({}).describe("Headers of every request"),
  query: z.record(z.string(), z.json()).default({}).describe("Parameters of every request"),
  auth: authConfig.optional().describe("How the server is shown who asks"),
  rate: z
    .strictObject({
      per_second: z.number().positive().optional().describe("Requests a second"),
      per_minute: z.int().positive().optional().describe("Requests a minute"),
      per_hour: z.int().positive().optional().describe("Requests an hour"),
      concurrency: z.int().positive().optional().describe("Requests under way at once: 8"),
    })
    .optional()
    .describe("How often the server may be asked, by all streams together"),
  retry: z
    .strictObject({
      attempts: z
        .int()
        .positive()
        .optional()
        .describe("How often a request is sent before its failure is the run's: 6"),
      patience: duration
        .optional()
        .describe("The longest wait that the server may ask for: 15m; beyond it the run fails, to be tried later"),
    })
    .optional()
    .describe("What becomes of requests that fail for a time"),
  private_hosts: z
    .array(z.string())
    .default([])
    .describe("Hosts beside that of base_url that may be in a private network"),
  schema_file: z.string().optional().describe("A file in which the inferred types are kept, to be read and changed"),
  streams: z.record(z.string(), streamConfig).optional().describe("The lists, by the names of their streams"),
};

/** What a file may say: the project file says the rest. */
export const apiConfig = z.strictObject(apiFields);

export type ApiConfig = z.output<typeof apiConfig>;

const file = z.string().optional().describe("A YAML file with any of these settings; those in the project file win");

export const restConfig = z.strictObject({ file, ...apiFields }).superRefine((settings, context) => {
  if (settings.file !== undefined) return;
  for (const { path, message, hint } of apiProblems(settings)) {
    context.addIssue({ code: "custom", message, path: [...path], params: { hint } });
  }
});

export type RestConfig = z.output<typeof restConfig>;
