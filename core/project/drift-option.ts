import { z } from "zod";
import { type DriftPolicies, driftPolicies } from "../schema/drift-policy.js";
import { defined } from "./defined.js";
import { parsed } from "./parsed.js";

const policy = z.enum(driftPolicies);

/** The policies for changes at the source. */
export const driftOption = parsed(
  z.union([
    policy,
    z.strictObject({
      tables: policy.describe("A new table, where a pattern takes it").optional(),
      columns: policy.describe("A column that is new, gone or renamed").optional(),
      types: policy.describe("A type that holds other values than the table's").optional(),
      nullability: policy.describe("A column that may be null and was not").optional(),
    }),
  ]),
  (value): Partial<DriftPolicies> =>
    typeof value === "string" ? { tables: value, columns: value, types: value, nullability: value } : defined(value),
).describe(
  "What is done about changes at the source, one word or one each: evolve (default), freeze, discard_value, discard_row, quarantine",
);
