import { z } from "zod";
import { type DeleteDetection, defaultAtMost } from "../deletes/delete-detection.js";
import { parsed } from "./parsed.js";
import { parseShare } from "./share.js";

/** How rows that are gone from the source are found. */
export const deleteOptions = z
  .strictObject({
    detect: z.literal("keys").describe("Compare the keys of source and table after each sync"),
    mode: z
      .enum(["soft", "hard"])
      .describe("Mark the row with _sluice_deleted_at (soft, the default), or remove it (hard)")
      .optional(),
    at_most: parsed(z.union([z.int().nonnegative(), z.string()]), parseShare)
      .describe("More than this is taken for a fault of the source: 5% (the default) or a number of rows")
      .optional(),
  })
  .transform(
    ({ detect, mode = "soft", at_most: atMost = defaultAtMost }): DeleteDetection => ({ detect, mode, atMost }),
  )
  .describe("What becomes of rows that are gone from the source");
