import { z } from "zod";
import { deleteOptions } from "./delete-options.js";
import { driftOption } from "./drift-option.js";
import { parseDuration } from "./duration.js";
import { parsed } from "./parsed.js";
import { qualityRules } from "./quality-options.js";
import { parseShare } from "./share.js";
import { transformOptions } from "./transform-options.js";

/** What a user may say about a stream, in the words of `sluice.yaml`. */
export const streamOptions = z.strictObject({
  read: z
    .enum(["full_refresh", "incremental", "cdc"])
    .describe(
      "How the source is read: all of it each time (full_refresh, the default), or what is new since the last run",
    )
    .optional(),
  write: z
    .enum(["append", "overwrite", "merge", "scd2"])
    .describe(
      "How the table is written; default: overwrite for full_refresh, else merge where there is a key, else append",
    )
    .optional(),
  cursor: z
    .string()
    .min(1)
    .describe("Column whose order says what is new, where the source declares none or another one")
    .optional(),
  primary_key: z
    .array(z.string().min(1))
    .min(1)
    .describe("Columns that identify a row, where the source declares none or others")
    .optional(),
  lookback: parsed(z.union([z.number().nonnegative(), z.string()]), (value) =>
    typeof value === "number" ? value : parseDuration(value),
  )
    .describe("Re-read this much before the saved cursor: a duration such as 1h, or a number for a cursor of numbers")
    .optional(),
  table: z.string().min(1).describe("Target table; default: the stream's name").optional(),
  select: z.array(z.string().min(1)).min(1).describe("Columns to load, in this order; default: all").optional(),
  exclude: z.array(z.string().min(1)).min(1).describe("Columns to leave out").optional(),
  ...transformOptions,
  drift: driftOption.optional(),
  quality: qualityRules.optional(),
  deletes: deleteOptions.optional(),
  max_quarantined: parsed(z.union([z.int().nonnegative(), z.string()]), parseShare)
    .describe("How much of a load may be quarantined before it fails: 1% or a number of rows; default: any")
    .optional(),
  metadata_columns: z.boolean().describe("Whether rows carry _sluice_load_id; default: true").optional(),
});

export type FileStreamOptions = z.output<typeof streamOptions>;
