import { z } from "../../sdk/index.js";

export const config = z.strictObject({
  path: z.string().min(1).describe("The database file; relative to the project"),
  queries: z
    .record(z.string().min(1), z.string().min(1))
    .describe("Streams that are a SELECT, by the stream's name")
    .default({}),
});

export type DuckdbConfig = z.output<typeof config>;
