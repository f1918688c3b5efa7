import { z } from "zod";
import { programFields } from "../../sdk/child/program.js";

/** The settings of a Singer tap. */
export const config = z.strictObject({
  ...programFields,
  catalog: z
    .string()
    .min(1)
    .optional()
    .describe("A catalog file to use instead of what the tap discovers, for taps without `--discover`"),
  catalog_option: z
    .enum(["--catalog", "--properties"])
    .default("--catalog")
    .describe("The option by which the tap takes its catalog; older ones want `--properties`"),
});

export type Config = z.output<typeof config>;
