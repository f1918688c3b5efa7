import { z } from "zod";
import type { JsonObject } from "../json.js";

/** The JSON Schema (draft 2020-12) of what a user writes for a config: the source of editor help and reference pages. */
export function configJsonSchema(config: z.ZodType): JsonObject {
  return z.toJSONSchema(config, { io: "input", unrepresentable: "any" }) as JsonObject;
}
