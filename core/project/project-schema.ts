import { z } from "zod";
import { parsed } from "./parsed.js";
import { scheduleOption } from "./schedule-option.js";
import { parseSize } from "./size.js";
import { streamOptions } from "./stream-options.js";

/** A source or destination: which connector, and the connector's own settings, which its own schema validates. */
const connectorEntry = z.looseObject({
  connector: z
    .string()
    .min(1)
    .describe(
      "A built-in name (`sluice connector list` shows them), an npm package, or a path: `./my-source.ts`, `./manifest.yaml`",
    ),
});

const connection = z.strictObject({
  source: z.string().min(1).describe("Name under `sources`"),
  destination: z.string().min(1).describe("Name under `destinations`"),
  schema: z.string().min(1).describe("Target schema; default: the connection's name").optional(),
  defaults: streamOptions.describe("Options of every stream that does not say otherwise").optional(),
  streams: z
    .record(z.string(), streamOptions.nullable())
    .describe(
      "The streams to load, as `sluice discover` prints them, with their options; `*` stands for any characters, an exact name wins over a pattern; default: all",
    )
    .optional(),
  commit: z
    .strictObject({
      bytes: parsed(z.union([z.number().positive(), z.string()]), (value) => parseSize(String(value)))
        .describe("Commit after this much, e.g. 1GiB")
        .optional(),
      seconds: z.number().positive().describe("Commit after this long").optional(),
    })
    .describe("How often a long load is committed, and so how much a killed one repeats")
    .optional(),
  schedule: scheduleOption
    .describe("When it is due. This version does not start it by itself: cron or an orchestrator calls `sluice sync`")
    .optional(),
});

/** `sluice.yaml`, whole. */
export const projectSchema = z.strictObject({
  sources: z.record(z.string(), connectorEntry).describe("Where data comes from, by name").default({}),
  destinations: z.record(z.string(), connectorEntry).describe("Where data goes, by name").default({}),
  connections: z
    .record(z.string(), connection)
    .describe("One source to one destination each; the name keys the state: renaming it is a new connection")
    .default({}),
  store: z
    .string()
    .min(1)
    .describe(
      "Where the history of runs is kept: a Postgres URL, or a file; default: .sluice/history.sqlite. SLUICE_STORE goes before it",
    )
    .optional(),
});

export type ProjectFile = z.output<typeof projectSchema>;
export type FileConnection = ProjectFile["connections"][string];
