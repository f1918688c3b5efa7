import { z } from "zod";
import { ConfigError } from "../../sdk/errors.js";
import type { RowRule, RowTest, RuleValue } from "../quality/row-rule.js";
import { parsed } from "./parsed.js";

const value = z.union([z.string(), z.number(), z.boolean()]);
const columnNames = z.array(z.string().min(1)).min(1);

/** One rule, as the file has it: exactly one of its tests, for one column or for several. */
const qualityRule = z.strictObject({
  not_null: columnNames.describe("Columns that may not be null").optional(),
  accepted_values: z
    .record(z.string(), z.array(value).min(1))
    .describe("By column: the only values it may have")
    .optional(),
  range: z
    .record(z.string(), z.strictObject({ min: value.optional(), max: value.optional() }))
    .describe("By column: the least and the greatest value it may have")
    .optional(),
  matches: z.record(z.string(), z.string()).describe("By column: a regular expression found in its text").optional(),
  expression: z.string().min(1).describe("SQL over the columns of one row that must not be false").optional(),
  name: z.string().min(1).describe("What reports and the quarantine call the rule").optional(),
  on_fail: z
    .enum(["warn", "quarantine", "fail"])
    .describe(
      "What becomes of a row that breaks it: loaded and counted, quarantined (the default), or the stream stops",
    )
    .optional(),
});

type FileRule = z.output<typeof qualityRule>;

/** The quality rules of a stream. */
export const qualityRules = parsed(z.array(qualityRule), (rules) => rules.flatMap(rowRules)).describe(
  "Rules that every row is judged by, after the transforms",
);

function rowRules(rule: FileRule, index: number): RowRule[] {
  const { name, on_fail: onFail = "quarantine" } = rule;
  const tests = testsOf(rule);
  const kinds = new Set(tests.map(({ type }) => type));
  if (kinds.size !== 1) {
    throw new ConfigError("quality.rule", `rule ${index + 1} has ${kinds.size === 0 ? "no test" : "several tests"}`, {
      hint: "a rule has one of not_null, accepted_values, range, matches and expression",
    });
  }
  return tests.map((test) => ({
    name: name ?? nameOf(test),
    test,
    onFail,
    option: ["quality", index, ...placeOf(test)],
  }));
}

function testsOf({ not_null, accepted_values = {}, range = {}, matches = {}, expression }: FileRule): RowTest[] {
  return [
    ...(not_null ?? []).map((column): RowTest => ({ type: "not_null", column })),
    ...Object.entries(accepted_values).map(
      ([column, values]): RowTest => ({ type: "accepted_values", column, values }),
    ),
    ...Object.entries(range).map(([column, { min, max }]): RowTest => ({ type: "range", column, ...ends(min, max) })),
    ...Object.entries(matches).map(([column, pattern]): RowTest => ({ type: "matches", column, pattern })),
    ...(expression === undefined ? [] : [{ type: "expression", sql: expression } as const]),
  ];
}

function ends(min: RuleValue | undefined, max: RuleValue | undefined) {
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}

function nameOf(test: RowTest): string {
  return test.type === "expression" ? `expression(${test.sql})` : `${test.type}(${test.column})`;
}

function placeOf(test: RowTest): (string | number)[] {
  return test.type === "expression" || test.type === "not_null" ? [test.type] : [test.type, test.column];
}
