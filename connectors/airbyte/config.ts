import { z } from "zod";
import { programFields } from "../../sdk/child/program.js";

/** The settings of an Airbyte source. */
export const config = z.strictObject(programFields);

export type Config = z.output<typeof config>;
