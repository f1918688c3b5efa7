import { ConfigError } from "../../sdk/errors.js";
import { type ColumnType, formatType } from "../../sdk/schema/column-type.js";
import { quoteIdentifier, quoteLiteral } from "../../sdk/sql/duckdb/identifiers.js";
import { duckType } from "../../sdk/sql/duckdb/types.js";
import type { Check } from "../transform/check.js";
import type { RowRule, RowTest, RuleValue } from "./row-rule.js";

/** The check of a rule on one column of this type. */
export function columnRuleCheck(
  rule: RowRule,
  test: Exclude<RowTest, { type: "expression" }>,
  type: ColumnType,
): Check {
  const value = quoteIdentifier(test.column);
  const check = { rule: rule.name, action: rule.onFail, counted: true };
  switch (test.type) {
    case "not_null":
      return { ...check, reason: `'${test.column}' is null`, bad: `${value} IS NULL` };
    case "accepted_values": {
      const values = test.values.map((one) => literal(one, type, rule));
      const reason = `'${test.column}' is not one of ${test.values.join(", ")}`;
      return { ...check, reason, bad: `coalesce(${value} NOT IN (${values.join(", ")}), false)` };
    }
    case "range": {
      const { min, max } = test;
      const ends = [
        ...(min === undefined ? [] : [`${value} < ${literal(min, type, rule)}`]),
        ...(max === undefined ? [] : [`${value} > ${literal(max, type, rule)}`]),
      ];
      return { ...check, reason: rangeReason(test), bad: `coalesce(${ends.join(" OR ")}, false)` };
    }
    case "matches": {
      const text = type.kind === "string" ? value : `CAST(${value} AS VARCHAR)`;
      const bad = `coalesce(NOT regexp_matches(${text}, ${quoteLiteral(test.pattern)}), false)`;
      return { ...check, reason: `'${test.column}' does not match ${test.pattern}`, bad };
    }
  }
}

/** The check of a rule that is an expression, given as SQL that may stand anywhere: a null passes, an error does not. */
export function expressionRuleCheck(rule: RowRule, sql: string): Check {
  const bad = `NOT coalesce(TRY(coalesce(${sql}, true)), false)`;
  return { rule: rule.name, action: rule.onFail, counted: true, reason: `${rule.name} does not hold`, bad };
}

function rangeReason({ column, min, max }: RowTest & { type: "range" }): string {
  if (min === undefined) return `'${column}' is above ${max}`;
  return max === undefined ? `'${column}' is below ${min}` : `'${column}' is outside ${min} to ${max}`;
}

const numeric = new Set(["int16", "int32", "int64", "float32", "float64", "decimal"]);
const incomparable = new Set(["json", "list", "binary"]);

/** A value of the file as SQL, compared as what the column is; a number keeps its digits, whatever the column's scale. */
function literal(value: RuleValue, type: ColumnType, rule: RowRule): string {
  const text = String(value);
  if (numeric.has(type.kind) && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return text;
  if (numeric.has(type.kind) || incomparable.has(type.kind)) {
    throw new ConfigError("rule.value", `${rule.name}: a ${formatType(type)} does not compare with '${text}'`, {
      option: { path: rule.option },
    });
  }
  return type.kind === "string" ? quoteLiteral(text) : `CAST(${quoteLiteral(text)} AS ${duckType(type)})`;
}
