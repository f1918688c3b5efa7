import type { StreamPlan } from "./stream-plan.js";

/** A quality rule of a stream, and what follows where it fails. */
export interface RuleInForce {
  readonly rule: string;
  readonly action: "warn" | "quarantine" | "fail";
}

/** What judges a stream's rows and its loads, in the order in which it does. */
export function rulesInForce({ rows, options }: StreamPlan): readonly RuleInForce[] {
  const rules = [...rows.rules, ...(options.quality?.loads ?? [])];
  return rules.map(({ name, onFail }) => ({ rule: name, action: onFail }));
}
