import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RowRule } from "../../../core/quality/row-rule.js";
import { expressionEngine } from "../../../core/transform/engine.js";
import { prepareRows } from "../../../core/transform/prepare-rows.js";
import { openRefinery, type Refinery } from "../../../core/transform/refinery.js";
import { keepRows } from "../../../sdk/batch/gather.js";
import { pack } from "../../../sdk/batch/pack.js";
import { unpack } from "../../../sdk/batch/unpack.js";
import { decimal, list, scalar } from "../../../sdk/schema/column-type.js";
import type { Column } from "../../../sdk/schema/stream.js";

const columns: Column[] = [
  { name: "id", type: scalar("int32"), nullable: true },
  { name: "status", type: scalar("string"), nullable: true },
  { name: "total", type: scalar("string"), nullable: true },
  { name: "tags", type: list(scalar("string")), nullable: true },
];
const rules: RowRule[] = [
  { name: "present", test: { type: "not_null", column: "id" }, onFail: "warn", option: [] },
  { name: "small", test: { type: "range", column: "total", max: 50 }, onFail: "quarantine", option: [] },
  { name: "even", test: { type: "expression", sql: "id % 2 = 0" }, onFail: "quarantine", option: [] },
];
const engine = expressionEngine(64 * 1024 ** 2);
let refinery: Refinery;

beforeAll(async () => {
  const transforms = {
    cast: { total: decimal(6, 2) },
    filter: "status <> 'test' or id > 90",
    derive: { half: "id // 2", share: "total / 2" },
  };
  const rows = await prepareRows(columns, { stream: "s", transforms, rules }, engine);
  refinery = await openRefinery({ source: columns, rows, fits: [], engine });
});
afterAll(() => engine.close());

type Order = {
  readonly id: number | null;
  readonly status: string | null;
  readonly total: string | null;
  readonly tags: readonly (string | null)[] | null;
};

describe("a refinery", () => {
  const order: fc.Arbitrary<Order> = fc.record({
    id: fc.option(fc.integer({ min: 0, max: 100 })),
    status: fc.option(fc.constantFrom("open", "test", "a status longer than a header")),
    total: fc.option(fc.constantFrom("1", "12.5", "75.25", "n/a", "")),
    tags: fc.option(fc.array(fc.option(fc.string({ maxLength: 20 })), { maxLength: 3 })),
  });

  it("does to every row what a plain reading of the options says", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(order, { minLength: 1, maxLength: 200 }), async (orders) => {
        const refined = await refinery.refine(pack(columns, orders));
        const judged = orders.map(judge);
        const kept = orders.filter((_, i) => judged[i] === "kept");
        expect(unpack(refined.batch).map(({ id, status, tags, half }) => ({ id, status, tags, half }))).toEqual(
          kept.map(({ id, status, tags }) => ({ id, status, tags, half: id === null ? null : Math.floor(id / 2) })),
        );
        expect(refined.filtered).toBe(judged.filter((one) => one === "filtered").length);
        expect(refined.rejects.map(({ row, rule }) => [row, rule])).toEqual(
          judged.flatMap((one, i) => (one === "kept" || one === "filtered" ? [] : [[i, one]])),
        );
        for (const { row, text } of refined.rejects) expect(JSON.parse(text)).toEqual(orders[row]);
      }),
      { numRuns: 60 },
    );
  });
});

describe("a rule whose pattern is no regular expression", () => {
  it("is refused before a row is read, with its place", async () => {
    const option = ["quality", 0, "matches", "status"];
    const rule: RowRule = {
      name: "matches(status)",
      test: { type: "matches", column: "status", pattern: "([" },
      onFail: "quarantine",
      option,
    };
    await expect(prepareRows(columns, { stream: "s", transforms: {}, rules: [rule] }, engine)).rejects.toMatchObject({
      code: "rule.pattern",
      stream: "s",
      message: "stream 's': matches(status): '([' is no regular expression: missing ]: [",
      option: { path: option },
    });
  });
});

/** "kept", "filtered", or the rule that rejects the row. */
function judge({ id, status, total }: Order): string {
  const passes = (status !== null && status !== "test") || (id !== null && id > 90);
  if (!passes) return "filtered";
  if (total === "n/a" || total === "") return "cast(total)";
  if (total !== null && Number(total) > 50) return "small";
  return id !== null && id % 2 === 1 ? "even" : "kept";
}

it("rows are moved together without touching their values, also where vectors share memory", () => {
  const value = fc.record({ id: fc.option(fc.integer()), status: fc.option(fc.string()), keep: fc.boolean() });
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), (values) => {
      const batch = pack(columns.slice(0, 2), values, { onUnknownKey() {} });
      const kept = Int32Array.from(values.flatMap(({ keep }, i) => (keep ? [i] : [])));
      const [id, status] = batch.vectors;
      const twice = { ...batch, columns: [...batch.columns, ...twins], vectors: [id!, status!, id!, status!] };
      const expected = unpack(twice).filter((_, i) => values[i]!.keep);
      expect(unpack(keepRows(twice, kept))).toEqual(expected);
    }),
  );
});

const twins: Column[] = columns.slice(0, 2).map((column) => ({ ...column, name: `${column.name}_again` }));
