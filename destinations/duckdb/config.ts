import { z } from "../../sdk/index.js";

export const duckdbConfig = z.strictObject({
  path: z
    .string()
    .min(1)
    .describe("The database file, created where there is none; relative to the project. `:memory:` keeps nothing"),
  schema: z.string().min(1).describe("Schema for tables whose connection names none; main where absent").optional(),
  threads: z.number().int().min(1).describe("Threads DuckDB may use; all of the machine where absent").optional(),
  memory: z
    .string()
    .regex(/^\d+(\.\d+)?\s*[KMGT]i?B$/i)
    .describe("Memory DuckDB may use, such as 2GiB; what the run's --max-memory leaves where absent")
    .optional(),
});

export type DuckdbConfig = z.output<typeof duckdbConfig>;
