import { z } from "zod";
import { Secret, secret } from "../../sdk/config/secret.js";
import { parseType } from "../../sdk/schema/column-type.js";
import type { NestedChoice } from "../nested/nested-choice.js";
import type { Mask } from "../transform/transforms.js";
import { parsed } from "./parsed.js";

const plainMasks = ["sha256", "redact", "null", "partial"] as const;
/** Characters that `partial` leaves where the file says no number. */
const partialKeeps = 4;

const mask = z
  .union([
    z.enum(plainMasks),
    z.null(),
    z.strictObject({ hmac_sha256: secret("Key of the digest, as a reference") }),
    z.strictObject({ tokenize: secret("Key of the tokens, as a reference") }),
    z.strictObject({ partial: z.number().int().nonnegative().describe("How many characters stay at the end") }),
  ])
  .transform((given): Mask => {
    if (given === null || given === "null") return { type: "null" };
    if (given === "partial") return { type: "partial", keep: partialKeeps };
    if (typeof given === "string") return { type: given };
    if ("partial" in given) return { type: "partial", keep: given.partial };
    return "tokenize" in given
      ? { type: "tokenize", key: given.tokenize }
      : { type: "hmac_sha256", key: given.hmac_sha256 };
  });

const nested = z
  .union(
    [
      z.enum(["json", "flatten", "child_table"]),
      z.strictObject({ child_table: z.string().min(1).describe("The child's table; default: <table>_<path>") }),
    ],
    { error: "expected json, flatten, child_table or { child_table: name }" },
  )
  .transform((given): NestedChoice => {
    return typeof given === "string" ? { type: given } : { type: "child_table", table: given.child_table };
  });

/** What may be done to a stream's rows, in the words of `sluice.yaml`. */
export const transformOptions = {
  rename: z.record(z.string(), z.string().min(1)).describe("New names by the source's").optional(),
  cast: z
    .record(z.string(), parsed(z.string(), parseType))
    .describe("Types by column, e.g. decimal(12,2); a value that cannot be cast quarantines its row")
    .optional(),
  mask: z
    .record(z.string(), mask)
    .describe(
      "By column, or by path into one of JSON (payload.email), what makes its values unrecognisable before anything is written: sha256, redact, null, partial or { partial: 4 }; with a key by reference { hmac_sha256: … } or { tokenize: … }",
    )
    .optional(),
  filter: z.string().min(1).describe("SQL; rows for which it is true are loaded, e.g. status <> 'test'").optional(),
  derive: z.record(z.string(), z.string().min(1)).describe("New columns and their SQL, over the others").optional(),
  nested: z
    .record(z.string().min(1), nested)
    .describe(
      "By path into a json or list column (lines, lines.taxes): json leaves it as it is (default), flatten makes columns of its keys, child_table rows of a table of their own; { child_table: name } names that",
    )
    .optional(),
  sql: z
    .string()
    .min(1)
    .describe("A SELECT over the rows, `from batch`, that makes at most one row of each row")
    .optional(),
  function: z
    .union([
      z.string().min(1),
      z.strictObject({
        file: z.string().min(1).describe("The file, relative to this one"),
        export: z.string().min(1).describe("Which export; default: the default one").optional(),
      }),
    ])
    .transform((given) => (typeof given === "string" ? { file: given } : given))
    .describe("A TypeScript or JavaScript file whose default export makes a row of each row, or none: ./clean.ts")
    .optional(),
  on_error: z
    .enum(["quarantine", "fail"])
    .describe("What becomes of a row that a cast, an expression or the function fails on; default: quarantine")
    .optional(),
};

/** The keys of masks, which may not show anywhere. */
export function maskSecrets(masks: Readonly<Record<string, Mask>> = {}): string[] {
  return Object.values(masks).flatMap((one) => ("key" in one && one.key instanceof Secret ? [one.key.reveal()] : []));
}
