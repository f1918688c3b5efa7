import { z } from "zod";
import { ConfigError } from "../../sdk/errors.js";
import { aggregatesRows } from "../quality/aggregates.js";
import type { LoadRule, LoadTest } from "../quality/load-rule.js";
import type { QualityRules } from "../quality/quality-rules.js";
import type { RowRule, RowTest, RuleValue } from "../quality/row-rule.js";
import { parseDuration } from "./duration.js";
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
  expression: z
    .string()
    .min(1)
    .describe(
      "SQL that must not be false: over the columns of one row or, with an aggregate such as sum(total), a load",
    )
    .optional(),
  over: z
    .enum(["row", "load"])
    .describe("What an expression is about; default: a load where it has an aggregate, else a row")
    .optional(),
  unique: columnNames.describe("Columns in which no two rows of the table may be equal").optional(),
  row_count: z
    .strictObject({ min: z.int().nonnegative().optional(), max: z.int().nonnegative().optional() })
    .describe("How many rows a load must and may have")
    .optional(),
  freshness: z
    .record(z.string(), parsed(z.string(), parseDuration))
    .describe("By column: how old its newest value may be, such as 2d")
    .optional(),
  relationship: z
    .record(z.string(), z.string().regex(/^[^.]+(\.[^.]+){1,2}$/, "write table.column or schema.table.column"))
    .describe("By column: table.column of the destination that must have its values")
    .optional(),
  volume_anomaly: z
    .strictObject({ within: z.number().positive(), over: z.int().positive() })
    .describe("By which part a run's rows may differ from the median of so many earlier runs")
    .optional(),
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
export const qualityRules = parsed(z.array(qualityRule), sortedRules).describe(
  "Rules that every row is judged by after the transforms, and rules that a load is judged by before it is visible",
);

function sortedRules(rules: readonly FileRule[]): QualityRules {
  rules.forEach(refuseUnclear);
  return { rows: rules.flatMap(rowRules), loads: rules.flatMap(loadRules) };
}

const tests = [
  ...["not_null", "accepted_values", "range", "matches", "expression"],
  ...["unique", "row_count", "freshness", "relationship", "volume_anomaly"],
];

function refuseUnclear(rule: FileRule, index: number): void {
  for (const [name, bounds] of [...Object.entries(rule.range ?? {}), ["row_count", rule.row_count ?? {}] as const]) {
    const { min, max } = bounds;
    if (typeof min !== "number" || typeof max !== "number" || min <= max) continue;
    throw new ConfigError("quality.rule", `rule ${index + 1}: ${name}: min ${min} is above max ${max}`, {
      hint: "no value would pass: exchange them",
    });
  }
  const found = tests.filter((test) => rule[test as keyof FileRule] !== undefined);
  if (found.length === 1) {
    if (rule.over === undefined || rule.expression !== undefined) return;
    throw new ConfigError("quality.rule", `rule ${index + 1}: over says what an expression is about`, {
      hint: "leave it out",
    });
  }
  throw new ConfigError("quality.rule", `rule ${index + 1} has ${found.length === 0 ? "no test" : "several tests"}`, {
    hint: `a rule has one of ${tests.slice(0, -1).join(", ")} and ${tests.at(-1)}`,
  });
}

function rowRules(rule: FileRule, index: number): RowRule[] {
  const { name, on_fail: onFail = "quarantine" } = rule;
  return testsOf(rule).map((test) => ({
    name: name ?? nameOf(test),
    test,
    onFail,
    option: ["quality", index, ...placeOf(test)],
  }));
}

function loadRules(rule: FileRule, index: number): LoadRule[] {
  const { name, on_fail: onFail = "fail" } = rule;
  return loadTestsOf(rule).map(({ called, test }) => {
    if (onFail === "quarantine") {
      throw new ConfigError("quality.on_fail", `rule ${index + 1}: ${test.type} judges a load, not its rows`, {
        hint: "on_fail: warn, or fail (the default)",
      });
    }
    return { name: name ?? called, test, onFail, option: ["quality", index, test.type] };
  });
}

interface CalledTest {
  /** The rule's name, where the user gives it none. */
  readonly called: string;
  readonly test: LoadTest;
}

function loadTestsOf(rule: FileRule): CalledTest[] {
  const { unique, row_count: count, freshness = {}, relationship = {}, volume_anomaly: volume, expression: sql } = rule;
  return [
    ...(unique === undefined
      ? []
      : [{ called: `unique(${unique.join(", ")})`, test: { type: "unique", columns: unique } } as const]),
    ...(count === undefined ? [] : [{ called: "row_count", test: { type: "row_count", ...defined(count) } } as const]),
    ...Object.entries(freshness).map(([column, maxAgeMs]): CalledTest => {
      return { called: `freshness(${column})`, test: { type: "freshness", column, maxAgeMs } };
    }),
    ...Object.entries(relationship).map(([column, place]): CalledTest => {
      const [references = "", table = "", schema] = place.split(".").reverse();
      return { called: `relationship(${column})`, test: { type: "relationship", column, schema, table, references } };
    }),
    ...(volume === undefined
      ? []
      : [{ called: "volume_anomaly", test: { type: "volume_anomaly", ...volume } } as const]),
    ...(sql === undefined || !isOverLoad(rule)
      ? []
      : [{ called: `expression(${sql})`, test: { type: "expression", sql } } as const]),
  ];
}

function defined({ min, max }: { min?: number | undefined; max?: number | undefined }) {
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}

function isOverLoad({ expression = "", over }: FileRule): boolean {
  return over === undefined ? aggregatesRows(expression) : over === "load";
}

function testsOf(rule: FileRule): RowTest[] {
  const { not_null, accepted_values = {}, range = {}, matches = {}, expression } = rule;
  return [
    ...(not_null ?? []).map((column): RowTest => ({ type: "not_null", column })),
    ...Object.entries(accepted_values).map(
      ([column, values]): RowTest => ({ type: "accepted_values", column, values }),
    ),
    ...Object.entries(range).map(([column, { min, max }]): RowTest => ({ type: "range", column, ...ends(min, max) })),
    ...Object.entries(matches).map(([column, pattern]): RowTest => ({ type: "matches", column, pattern })),
    ...(expression === undefined || isOverLoad(rule) ? [] : [{ type: "expression", sql: expression } as const]),
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
