import { createHash } from "node:crypto";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { distinctTexts } from "../../../core/transform/distinct-texts.js";
import { expressionEngine } from "../../../core/transform/engine.js";
import { textMask } from "../../../core/transform/mask-texts.js";
import { prepareRows } from "../../../core/transform/prepare-rows.js";
import { openRefinery } from "../../../core/transform/refinery.js";
import type { Transforms } from "../../../core/transform/transforms.js";
import { pack } from "../../../sdk/batch/pack.js";
import { unpack } from "../../../sdk/batch/unpack.js";
import type { BytesVector } from "../../../sdk/batch/vector.js";
import { scalar } from "../../../sdk/schema/column-type.js";

const engine = expressionEngine(64 * 1024 ** 2);
afterAll(() => engine.close());

const column = { name: "v", type: scalar("string"), nullable: true };
const columnOf = (values: readonly (string | null)[]) =>
  pack(
    [column],
    values.map((v) => ({ v })),
  ).vectors[0] as BytesVector;
const sha256 = (value: string | null) => (value === null ? null : createHash("sha256").update(value).digest("hex"));

it("gives the same text the same number, and no other text", () => {
  const texts = fc.array(fc.option(fc.string({ unit: fc.constantFrom("a", "\0", "ü", "💡"), maxLength: 6 })));
  fc.assert(
    fc.property(fc.array(texts, { maxLength: 4 }), (batches) => {
      const known = distinctTexts();
      const textOf = new Map<number, string>();
      for (const values of batches) {
        const numbers = known.number(columnOf(values), values.length, undefined);
        for (const [row, value] of values.entries()) {
          if (value === null) expect(numbers[row]).toBe(-1);
          else expect(textOf.get(numbers[row]!) ?? value).toBe(value);
          if (value !== null) textOf.set(numbers[row]!, value);
        }
      }
      expect(new Set(textOf.values()).size).toBe(textOf.size);
    }),
  );
});

it("knows thousands of texts apart", () => {
  const values = Array.from({ length: 30_000 }, (_, i) => `text ${i % 20_000}`);
  const numbers = distinctTexts().number(columnOf(values), values.length, undefined);
  expect(numbers).toEqual(Int32Array.from(values, (_, i) => i % 20_000));
});

it("masks every text as if it were the only one, whether texts repeat, cease to, or fill the memory", async () => {
  const mask = await textMask(engine, column, () => `sha256("v")`);
  const repeating = Array.from({ length: 5000 }, (_, i) => (i % 7 === 0 ? null : "ab".repeat(i % 40)));
  const long = Array.from({ length: 40 }, (_, i) => `${i}`.repeat(20_000));
  const unique = (from: number) => Array.from({ length: 5000 }, (_, i) => `${from + i}`);
  for (const values of [repeating, long, repeating, unique(0), unique(0), repeating, [], unique(9000)]) {
    const made = await mask.apply(columnOf(values), values.length, undefined);
    const rows = unpack({ rows: values.length, columns: [column], vectors: [made] });
    expect(rows.map(({ v }) => v)).toEqual(values.map(sha256));
  }
  await mask.close();
});

it("keeps batches apart whose masks are asked for at the same time", async () => {
  const mask = await textMask(engine, column, () => `sha256("v")`);
  const batches = Array.from({ length: 6 }, (_, at) => Array.from({ length: 50 }, (_, i) => `${(i * at) % 37}`));
  const made = await Promise.all(batches.map((values) => mask.apply(columnOf(values), values.length, undefined)));
  for (const [at, values] of batches.entries()) {
    const rows = unpack({ rows: values.length, columns: [column], vectors: [made[at]!] });
    expect(rows.map(({ v }) => v)).toEqual(values.map(sha256));
  }
  await mask.close();
});

it("masks the rows that are wanted, and lays no value of another open", async () => {
  const mask = await textMask(engine, column, () => `sha256("v")`);
  const made = await mask.apply(columnOf(["a", "b", "c"]), 3, Uint8Array.of(1, 0, 1));
  const [a, b, c] = unpack({ rows: 3, columns: [column], vectors: [made] }).map(({ v }) => v);
  expect([a, b, c]).toEqual([sha256("a"), "", sha256("c")]);
  await mask.close();
});

it.each<[string, Transforms, readonly unknown[]]>([
  ["a filter", { filter: `v <> '${sha256("b")}'` }, [{ v: sha256("a") }]],
  [
    "a derived column",
    { derive: { start: "left(v, 3)" } },
    ["a", "b"].map((v) => ({ v: sha256(v), start: sha256(v)!.slice(0, 3) })),
  ],
  [
    "a column derived under its name",
    { derive: { v: "upper(v)" } },
    ["a", "b"].map((v) => ({ v: sha256(v)!.toUpperCase() })),
  ],
  ["a column that takes its name", { derive: { v: "'x'" } }, [{ v: "x" }, { v: "x" }]],
  ["a SELECT", { sql: "SELECT v, length(v) AS n FROM batch" }, ["a", "b"].map((v) => ({ v: sha256(v), n: 64n }))],
  ["a SELECT that renames it", { sql: "SELECT v AS w FROM batch" }, ["a", "b"].map((v) => ({ w: sha256(v) }))],
])("%s after a mask sees the mask", async (_, transforms, expected) => {
  const all = { ...transforms, mask: { v: { type: "sha256" as const } } };
  const rows = await prepareRows([column], { stream: "s", transforms: all, rules: [] }, engine);
  const refinery = await openRefinery({ source: [column], rows, fits: [], engine });
  const { batch } = await refinery.refine({ rows: 2, columns: [column], vectors: [columnOf(["a", "b"])] });
  await refinery.close();
  expect(unpack(batch)).toEqual(expected);
});
