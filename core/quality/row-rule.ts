/** What must hold for every row, judged after the transforms. A null passes every rule but `not_null`. */
export interface RowRule {
  /** As reports and the quarantine name it. */
  readonly name: string;
  readonly test: RowTest;
  readonly onFail: RowRuleAction;
  /** The way to it within the stream's options. */
  readonly option: readonly (string | number)[];
}

/** `warn` counts, `quarantine` takes the row out, `fail` stops the stream. */
export type RowRuleAction = "warn" | "quarantine" | "fail";

export type RowTest =
  | { readonly type: "not_null"; readonly column: string }
  | { readonly type: "accepted_values"; readonly column: string; readonly values: readonly RuleValue[] }
  | { readonly type: "range"; readonly column: string; readonly min?: RuleValue; readonly max?: RuleValue }
  | { readonly type: "matches"; readonly column: string; readonly pattern: string }
  | { readonly type: "expression"; readonly sql: string };

/** A value as the project file has it; numbers of more digits than JavaScript keeps are given as text. */
export type RuleValue = string | number | boolean;
