import { z } from "zod";
import { connectionFields } from "../../sdk/sql/postgres/connection-config.js";

export const config = z.strictObject({
  ...connectionFields,
  schemas: z
    .array(z.string().min(1))
    .min(1)
    .describe("Only these schemas are discovered; all but the system's where none are given")
    .optional(),
  queries: z
    .record(z.string().min(1), z.string().min(1))
    .describe("Streams that are a SELECT, by the stream's name")
    .default({}),
  arrays: z
    .enum(["list", "text"])
    .describe("list: arrays of one dimension become lists, any other is an error; text: the server's text, e.g. {1,2}")
    .default("list"),
});

export type PostgresConfig = z.output<typeof config>;
