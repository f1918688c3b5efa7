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
  storage_version: z
    .enum(["v1.0.0", "v1.2.0", "v1.4.0", "v1.5.0"])
    .default("v1.4.0")
    .describe(
      "The format of a file that is made: DuckDB of this version and newer opens it. Texts take longest to store before v1.4.0, and documents twice the space before v1.2.0",
    ),
});

export type DuckdbConfig = z.output<typeof duckdbConfig>;
