import type { LoadRule } from "./load-rule.js";
import type { RowRule } from "./row-rule.js";

/** The rules of a stream: those that judge each row, and those that judge a load. */
export interface QualityRules {
  readonly rows: readonly RowRule[];
  readonly loads: readonly LoadRule[];
}

export const noRules: QualityRules = { rows: [], loads: [] };
