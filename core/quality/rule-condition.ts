import type { Calculator } from "../../sdk/sql/duckdb/calculator.js";
import { type Comparison, type Constant, compared, comparedWithAny } from "../transform/comparison.js";
import { timeConstant } from "../transform/compile-condition.js";
import { type Condition, isFalse, isNullIn, or, type Values } from "../transform/condition.js";
import type { RowTest, RuleValue } from "./row-rule.js";

/** The condition that a rule on one column finds wrong, on the column's own memory; undefined where the engine is needed. */
export async function columnRuleCondition(
  test: Exclude<RowTest, { type: "expression" }>,
  values: Values,
  engine: Calculator,
): Promise<Condition | undefined> {
  const bounded = async (comparison: Comparison, bound: RuleValue) => {
    const constant = await constantOf(bound, values, engine);
    return constant && compared(values, comparison, constant);
  };
  switch (test.type) {
    case "not_null":
      return isNullIn(values);
    case "accepted_values": {
      const constants = await Promise.all(test.values.map((one) => constantOf(one, values, engine)));
      const known = constants.filter((one) => one !== undefined);
      const any = known.length === constants.length ? comparedWithAny(values, known) : undefined;
      return any && isFalse(any);
    }
    case "range": {
      const low = test.min === undefined ? undefined : await bounded("<", test.min);
      const high = test.max === undefined ? undefined : await bounded(">", test.max);
      if (test.min === undefined || test.max === undefined) return low ?? high;
      return low && high && or(low, high);
    }
    case "matches":
      return undefined;
  }
}

const times = new Set(["date", "datetime", "timestamp"]);

async function constantOf(value: RuleValue, { type }: Values, engine: Calculator): Promise<Constant | undefined> {
  const text = String(value);
  if (type.kind === "string") return { kind: "text", text };
  return times.has(type.kind) ? await timeConstant(text, type, engine) : { kind: "number", text };
}
