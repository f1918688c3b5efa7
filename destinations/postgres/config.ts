import { z } from "zod";
import { connectionFields } from "../../sdk/sql/postgres/connection-config.js";

export const config = z.strictObject({
  ...connectionFields,
  schema: z.string().min(1).describe("Schema for tables whose connection names none").default("public"),
  lock_timeout: z
    .number()
    .positive()
    .describe("Seconds to wait for a table that another session has locked, before the run is given up for a later one")
    .default(60),
});

export type PostgresConfig = z.output<typeof config>;
