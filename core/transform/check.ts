import type { Condition } from "./condition.js";

/** One thing that may be wrong with a row, found by the statement as one bit of the row's flags. */
export interface Check {
  /** As reports and the quarantine name it: `not_null(email)`, `cast(total_usd)`. */
  readonly rule: string;
  /** `filter` leaves the row out and is no rule; `warn` counts; the others as they say. */
  readonly action: "filter" | "warn" | "quarantine" | "fail";
  /** Why a row is rejected, in words that show no value. */
  readonly reason: string;
  /** Whether it is one of the user's quality rules, which are counted; the others are failures of transforms and drift. */
  readonly counted: boolean;
  /** SQL, true where it is wrong, never null and never an error. */
  readonly bad: string;
  /** The same on the columns' own memory, where it can be told there. */
  readonly wrong?: Condition | undefined;
}

/** Checks a flag column holds: the bits of an int32 but its sign. */
export const checksPerFlag = 31;

export function flagCount(checks: readonly Check[]): number {
  return Math.ceil(checks.length / checksPerFlag);
}

/** The columns of flags: bit i of column k is set where check 31k + i found something. */
export function flagColumns(checks: readonly Check[]): string[] {
  const flags: string[] = [];
  for (let from = 0; from < checks.length; from += checksPerFlag) {
    const part = checks.slice(from, from + checksPerFlag);
    const any = part.map(({ bad }) => bad).join(" OR ");
    const bits = part.map(({ bad }, bit) => `CASE WHEN ${bad} THEN ${2 ** bit} ELSE 0 END`);
    // Most rows have nothing wrong: the bits are worked out for the others only.
    flags.push(`CAST(CASE WHEN ${any} THEN ${bits.join(" + ")} ELSE 0 END AS INTEGER)`);
  }
  return flags;
}
