import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { RowRule, RowTest } from "../../../core/quality/row-rule.js";
import { expressionEngine } from "../../../core/transform/engine.js";
import { prepareRows } from "../../../core/transform/prepare-rows.js";
import { openRefinery } from "../../../core/transform/refinery.js";
import type { Transforms } from "../../../core/transform/transforms.js";
import { pack } from "../../../sdk/batch/pack.js";
import { unpack } from "../../../sdk/batch/unpack.js";
import { type ColumnType, decimal, scalar } from "../../../sdk/schema/column-type.js";

/*
 * What is worked out on the columns' own memory is what DuckDB says, whose answer is had by a rule that needs the engine:
 * where one thing does, the engine does all.
 */

/** Of each kind of work; more in the long form. */
const trials = process.env.SLUICE_LONG_TESTS === "1" ? 100 : 12;
const engine = expressionEngine(64 * 1024 ** 2);
afterAll(() => engine.close());

interface Work {
  readonly type: ColumnType;
  readonly values: readonly unknown[];
  readonly transforms?: Transforms;
  readonly tests?: readonly RowTest[];
}

const needsEngine: RowTest = { type: "expression", sql: "length('x') = 1" };

async function outcome({ type, values, transforms = {}, tests = [] }: Work, byEngine: boolean) {
  const columns = [
    { name: "n", type: scalar("int32"), nullable: false },
    { name: "v", type, nullable: true },
  ];
  const all = byEngine ? [...tests, needsEngine] : tests;
  const rules = all.map((test, i): RowRule => ({ name: `rule ${i}`, test, onFail: "warn", option: ["quality", i] }));
  const rows = await prepareRows(columns, { stream: "s", transforms, rules }, engine);
  const alone = rows.stages.checks.every(({ wrong }) => wrong !== undefined);
  const refinery = await openRefinery({ source: columns, rows, fits: [], engine });
  const refined = await refinery.refine(
    pack(
      columns,
      values.map((v, n) => ({ n, v })),
    ),
  );
  await refinery.close();
  const { filtered, rejects, failed, batch } = refined;
  return { alone, told: { filtered, rejects, failed: new Map([...failed].sort()), rows: unpack(batch) } };
}

async function expectSame(work: Work): Promise<void> {
  const [here, there] = [await outcome(work, false), await outcome(work, true)];
  expect([here.alone, there.alone]).toEqual([true, false]);
  expect(here.told).toEqual(there.told);
}

const instants = ["2024-01-01 00:00:00", "2023-12-31 23:59:59.999999", "1969-07-20 20:17:40", "infinity", "-infinity"];
const whole = (bits: bigint) =>
  fc.oneof(fc.bigInt({ min: -3n, max: 103n }), fc.bigInt({ min: -(2n ** (bits - 1n)), max: 2n ** (bits - 1n) - 1n }));
const numerals = fc.constantFrom(
  "0",
  "-1",
  "2.5",
  "100",
  "-0.005",
  "99.99",
  "12345.67",
  "32767",
  "2147483648",
  "-99999.5",
);
const doubles = fc.oneof(
  fc.double(),
  fc.constantFrom(-0, 0, 2.5, 100, -0.005, 99.99, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);

interface Sample {
  readonly type: ColumnType;
  readonly value: fc.Arbitrary<unknown>;
  readonly literal: fc.Arbitrary<string>;
}

const samples: readonly Sample[] = [
  { type: scalar("int16"), value: whole(16n), literal: numerals },
  { type: scalar("int32"), value: whole(32n), literal: numerals },
  { type: scalar("int64"), value: whole(64n), literal: numerals },
  { type: decimal(4, 2), value: fc.integer({ min: -9999, max: 9999 }).map((n) => String(n / 100)), literal: numerals },
  { type: decimal(18, 3), value: fc.integer().map((n) => String(n / 1000)), literal: numerals },
  { type: scalar("float64"), value: doubles, literal: numerals },
  {
    type: scalar("datetime"),
    value: fc.constantFrom(...instants.map((text) => text.replace(" ", "T"))),
    literal: fc.constantFrom("'2024-01-01'", "timestamp '2023-12-31 23:59:59.999999'"),
  },
  {
    type: scalar("timestamp"),
    value: fc.constantFrom(...instants.map((text) => (text.endsWith("y") ? text : `${text.replace(" ", "T")}Z`))),
    literal: fc.constantFrom("'2024-01-01'", "timestamptz '2024-01-01 01:00:00+01'", "timestamptz '1969-07-20'"),
  },
  {
    type: scalar("date"),
    value: fc.constantFrom("2024-01-01", "1969-12-31", "0001-01-01", "infinity", "-infinity"),
    literal: fc.constantFrom("'2024-01-01'", "date '1969-12-31'", "'2024-02-29'"),
  },
];

const column = (sample: Sample) => fc.array(fc.option(sample.value), { minLength: 1, maxLength: 20 });
const comparisonOf = ({ literal }: Sample) => {
  const how = fc.constantFrom("=", "<>", "<", "<=", ">", ">=");
  return fc.oneof(
    fc.tuple(how, literal).map(([sign, one]) => `v ${sign} ${one}`),
    fc.tuple(how, literal).map(([sign, one]) => `${one} ${sign} v`),
    fc.tuple(literal, literal).map(([low, high]) => `v between ${low} and ${high}`),
    fc.tuple(literal, literal).map(([a, b]) => `v in (${a}, ${b})`),
    fc.tuple(literal, literal).map(([a, b]) => `v not in (${a}, ${b})`),
    fc.constantFrom("v is null", "v is not null", "n % 3 <> 1"),
  );
};
const conditionOf = (sample: Sample) =>
  fc
    .tuple(comparisonOf(sample), comparisonOf(sample), comparisonOf(sample))
    .chain(([a, b, c]) => fc.constantFrom(a, `${a} and ${b}`, `${a} or ${b}`, `not (${a}) or (${b} and ${c})`));

describe("work on the columns' own memory", () => {
  it.each(samples.map((sample) => [sample.type.kind, sample] as const))(
    "on a %s says what DuckDB says",
    async (_, sample) => {
      const works = fc.tuple(column(sample), conditionOf(sample), conditionOf(sample));
      await fc.assert(
        fc.asyncProperty(works, async ([values, filter, sql]) => {
          const tests: RowTest[] = [
            { type: "expression", sql },
            { type: "not_null", column: "v" },
          ];
          await expectSame({ type: sample.type, values, transforms: { filter }, tests });
        }),
        { numRuns: trials },
      );
    },
  );

  it("takes the remainder of every whole number as DuckDB does", async () => {
    const values = [
      -(2n ** 63n),
      2n ** 63n - 1n,
      -(2n ** 53n) - 1n,
      2n ** 53n + 1n,
      -(2n ** 31n),
      2n ** 32n + 5n,
      -7n,
      0n,
      null,
    ];
    for (const by of [1, 7, 100, 2147483647]) {
      for (const left of [0, 1, -1, 5]) {
        await expectSame({ type: scalar("int64"), values, transforms: { filter: `v % ${by} <> ${left}` } });
      }
    }
  });

  it("knows texts by their bytes", async () => {
    const values = ["", "a", "b", "ü", "ab", null, "a\0"];
    const tests: RowTest[] = [
      { type: "accepted_values", column: "v", values: ["a", "ü", "longer than it"] },
      { type: "expression", sql: "v <> 'ab' and v not in ('', 'b')" },
    ];
    await expectSame({ type: scalar("string"), values, tests });
  });

  it.each<[ColumnType, readonly unknown[], RowTest]>([
    [scalar("int32"), [1, 5, 10, 11, null], { type: "range", column: "v", min: 2, max: 10.5 }],
    [scalar("float64"), [-1, 0.1, Number.NaN, null], { type: "range", column: "v", min: "0.1" }],
    [decimal(12, 2), ["1.00", "0.99", null], { type: "range", column: "v", max: "0.995" }],
    [scalar("int64"), [1, 2, null], { type: "accepted_values", column: "v", values: [1, "3"] }],
    [scalar("date"), ["2024-01-01", "2024-01-02"], { type: "range", column: "v", max: "2024-01-01" }],
    [scalar("timestamp"), ["2024-01-01T00:00:00Z", "infinity"], { type: "range", column: "v", max: "2024-01-01" }],
  ])("judges a %o by a rule as DuckDB does", async (type, values, test) => {
    await expectSame({ type, values, tests: [test] });
  });

  it.each([decimal(12, 2), decimal(4, 1), decimal(18, 6), decimal(18, 0), decimal(3, 3)])(
    "casts doubles to %o as DuckDB does",
    async (type) => {
      const near = fc.integer({ min: -1_000_000, max: 1_000_000 });
      const halves = fc.tuple(near, fc.constantFrom(2, 20, 200, 2000, 20_000)).map(([n, by]) => n / by);
      const edges = [10 ** 10, 9_999_999_999.995, 999.95, 1e18, 1e17 + 16, 0.9995, 1e300, -0];
      const value = fc.option(fc.oneof(doubles, halves, fc.constantFrom(...edges)));
      await fc.assert(
        fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 40 }), async (values) => {
          await expectSame({ type: scalar("float64"), values, transforms: { cast: { v: type }, filter: "v <> 0.5" } });
        }),
        { numRuns: trials },
      );
    },
  );

  it.each([
    "v > 1e2",
    "v > n",
    "v + 1 > 2",
    "v > 99999999999999999999",
    "abs(v) > 1",
    "v > null",
    "v is distinct from 1",
  ])("leaves %s to the engine", async (filter) => {
    const found = await outcome({ type: scalar("int32"), values: [1, 200, null], transforms: { filter } }, false);
    expect(found.alone).toBe(false);
  });
});
