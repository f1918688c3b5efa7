import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { loadRowFunction } from "../../../core/registry/load-row-function.js";
import { chainedRefinery } from "../../../core/transform/chained-refinery.js";
import { expressionEngine } from "../../../core/transform/engine.js";
import { functionStep } from "../../../core/transform/function-step.js";
import { prepareRows, type RowOptions } from "../../../core/transform/prepare-rows.js";
import type { FunctionFile } from "../../../core/transform/transforms.js";
import { type Batch, rowOp } from "../../../sdk/batch/batch.js";
import { pack } from "../../../sdk/batch/pack.js";
import { unpack } from "../../../sdk/batch/unpack.js";
import type { FunctionRow, RowFunction } from "../../../sdk/row-function.js";
import { formatType, scalar } from "../../../sdk/schema/column-type.js";
import type { Column } from "../../../sdk/schema/stream.js";
import { packable, tables } from "../../../test/sdk/batch/rows.js";

const dir = mkdtempSync(join(tmpdir(), "sluice-function-"));
const engine = expressionEngine(64 * 1024 ** 2);
afterAll(async () => {
  await engine.close();
  rmSync(dir, { recursive: true });
});

const orders: Column[] = [
  { name: "id", type: scalar("int64"), nullable: false },
  { name: "email", type: scalar("string"), nullable: true },
  { name: "total", type: scalar("int32"), nullable: true },
];
const batch = () =>
  pack(orders, [
    { id: 1, email: "a@b.c", total: 5 },
    { id: 2, email: null, total: 6 },
    { id: 3, email: "test@x.y", total: 7 },
    { id: 4, email: "d@e.f", total: -1 },
  ]);

describe("a function over rows", () => {
  it("that gives every row back changes no value of any type", () => {
    fc.assert(
      fc.property(tables, ({ columns, rows }) => {
        const given = pack(
          columns,
          rows.map((row) => Object.fromEntries(columns.map(({ name, type }) => [name, packable(row[name]!, type)]))),
        );
        const { batch: made, failed, filtered } = step(columns, (row) => ({ ...row })).apply(given, undefined);
        expect([failed, filtered]).toEqual([[], 0]);
        expect(unpack(made)).toEqual(unpack(given));
      }),
      { numRuns: 40 },
    );
  });

  it("adds columns of inferred types, which the batch is refined with once they are known", () => {
    const domain: RowFunction = (row) => ({
      ...row,
      domain: String(row.email).split("@")[1],
      length: 9007199254740993n,
    });
    const { grown } = step(orders, domain).apply(batch(), undefined);
    expect(grown?.map(({ name, type }) => [name, formatType(type)])).toEqual([
      ["domain", "string"],
      ["length", "int64"],
    ]);
    const made = step(orders, domain, grown).apply(batch(), undefined);
    expect(made.grown).toBeUndefined();
    expect(unpack(made.batch)[0]).toEqual({
      id: 1n,
      email: "a@b.c",
      total: 5,
      domain: "b.c",
      length: 9007199254740993n,
    });
  });

  it("widens a column that it made before, as the lattice has it", () => {
    const known = [{ name: "score", type: scalar("int32"), nullable: true }];
    const text = step(orders, (row) => ({ ...row, score: row.id === 4n ? "none" : 1 }), known);
    expect(text.apply(batch(), Int32Array.of(0, 1)).grown).toBeUndefined();
    expect(text.apply(batch(), undefined).grown).toEqual([{ name: "score", type: scalar("string"), nullable: true }]);
  });

  it("leaves rows out, and is never asked about rows that are gone or are deletes", () => {
    const seen: FunctionRow[] = [];
    const ops = Uint8Array.of(rowOp.insert, rowOp.delete, rowOp.insert, rowOp.update);
    const note: RowFunction = (row) => {
      seen.push(row);
      return row.id === 4n ? undefined : { ...row, total: 0 };
    };
    const made = step(orders, note).apply({ ...batch(), ops }, Int32Array.of(0, 1, 3));
    expect(seen.map(({ id }) => id)).toEqual([1n, 4n]);
    expect(made).toMatchObject({ filtered: 1, from: Int32Array.of(0, 1), failed: [] });
    expect(unpack(made.batch).map(({ id, total }) => [id, total])).toEqual([
      [1n, 0],
      [2n, 6],
    ]);
    expect(made.batch.ops).toEqual(Uint8Array.of(rowOp.insert, rowOp.delete));
  });

  it("fails for a row alone, with the reason and without the value, where what it gives does not fit", () => {
    const made = step(orders, (row) => {
      if (row.id === 1n) return { ...row, id: null };
      if (row.id === 2n) return { ...row, total: "many" };
      if (row.id === 3n) throw new Error("no such customer");
      return { ...row };
    }).apply(batch(), undefined);
    expect(made.failed.map(({ row, reason }) => [row, reason])).toEqual([
      [2, "clean.ts: no such customer"],
      [0, "'id' may not be null"],
      [1, "'total' does not fit int32"],
    ]);
    expect(unpack(made.batch).map(({ id }) => id)).toEqual([4n]);
  });

  it("declares types, and leaves columns out", () => {
    const columns = new Map([
      ["total", scalar("string")],
      ["day", scalar("date")],
      ["email", null],
    ]);
    const declared = functionStep({
      ...{ file, given: orders, learned: { made: [] }, onError: "quarantine" },
      loaded: { make: (row) => ({ ...row, day: "2026-01-02" }), columns },
    });
    expect(declared.columns.map(({ name, type }) => [name, formatType(type)])).toEqual([
      ["id", "int64"],
      ["total", "string"],
      ["day", "date"],
    ]);
    expect(declared.made).toEqual(["day"]);
    expect(unpack(declared.apply(batch(), Int32Array.of(3)).batch)).toEqual([
      { id: 4n, total: "-1", day: "2026-01-02" },
    ]);
  });

  it("that gives a promise is told to its author, not to each row", () => {
    const waits = (async (row: FunctionRow) => row) as unknown as RowFunction;
    expect(() => step(orders, waits).apply(batch(), undefined)).toThrowError("gives a promise");
  });
});

it("a function stands between the SELECT and the rules, and rejects are told in the source's words", async () => {
  const path = written(`
    import { defineFunction } from "sluice/sdk";
    export const columns = { domain: "string" };
    export default defineFunction<{ id: bigint; mail: string | null; total: number }>((row) => {
      if (row.total === 7) return undefined;
      return { ...row, domain: row.mail!.slice(0, 4), total: row.total * 10 };
    });`);
  const refined = await refine(batch(), {
    transforms: {
      rename: { email: "mail" },
      mask: { mail: { type: "sha256" } },
      filter: "total < 100",
      derive: { twice: "total * 2" },
      function: { file: "./clean.ts", path },
    },
    rules: [
      { name: "small", test: { type: "range", column: "total", max: 50 }, onFail: "quarantine", option: [] },
      { name: "positive", test: { type: "expression", sql: "total > 0" }, onFail: "quarantine", option: [] },
      { name: "known", test: { type: "not_null", column: "domain" }, onFail: "warn", option: [] },
    ],
  });
  expect(refined.filtered).toBe(1);
  expect(refined.rejects.map(({ row, rule, reason }) => [row, rule, reason])).toEqual([
    [1, "function", "./clean.ts:6: Cannot read properties of null (reading 'slice')"],
    [3, "positive", "positive does not hold"],
  ]);
  const masked = refined.rejects.map(({ text }) => JSON.parse(text));
  expect(masked).toMatchObject([
    { id: 2, email: null, total: 6 },
    { id: 4, total: -1 },
  ]);
  expect(masked[1].email).toHaveLength(64);
  expect(unpack(refined.batch)).toMatchObject([
    { id: 1n, total: 50, twice: 10, domain: expect.stringMatching(/^[0-9a-f]{4}$/) },
  ]);
});

it("a function's rows stop the stream where they are asked to", async () => {
  const path = written("export default (row) => { throw new Error('row ' + row.id); };");
  const transforms = { function: { file: "f.ts", path }, onError: "fail" } as const;
  const { stops, rejects } = await refine(batch(), { transforms, rules: [] });
  expect([stops?.reason, rejects]).toEqual(["f.ts:1: row 1", []]);
});

describe("a file with a function", () => {
  it("is told with the place of what is wrong in it", async () => {
    const cases: [string, Partial<FunctionFile>, string, RegExp][] = [
      ["const x = ;", {}, "function.not_loaded", /f\.ts:1:/],
      ["\n\nconst x = missing.y;", {}, "function.not_loaded", /missing is not defined \(line 3\)/],
      ["export const clean = (row) => row;", {}, "function.invalid_export", /no export 'default'/],
      ["export const clean = 1;", { export: "clean" }, "function.invalid_export", /no function/],
      ["export const columns = { a: 'txt' }; export default (r) => r;", {}, "function.columns", /unknown type 'txt'/],
    ];
    for (const [text, more, code, message] of cases) {
      const loading = loadRowFunction({ file: "f.ts", path: written(text), ...more });
      await expect(loading).rejects.toMatchObject({ kind: "config", code, option: { path: ["function"] } });
      await expect(loading).rejects.toThrowError(message);
    }
    await expect(loadRowFunction({ file: "f.ts", path: join(dir, "none.ts") })).rejects.toMatchObject({
      code: "function.file_missing",
    });
  });

  it("has any export by its name", async () => {
    const path = written("export const clean = (row) => ({ ...row, a: 1 });");
    expect((await loadRowFunction({ file: "f.ts", path, export: "clean" })).make({})).toEqual({ a: 1 });
  });
});

const file: FunctionFile = { file: "clean.ts", path: "/nowhere/clean.ts" };

function step(given: readonly Column[], make: RowFunction, known: readonly Column[] = []) {
  return functionStep({
    file,
    loaded: { make, columns: new Map() },
    given,
    learned: { made: known },
    onError: "quarantine",
  });
}

let files = 0;
function written(text: string): string {
  const path = join(dir, `${++files}-f.ts`);
  writeFileSync(path, text);
  return path;
}

async function refine(rows: Batch, options: RowOptions) {
  const prepared = await prepareRows(orders, { stream: "s", ...options }, engine);
  const refinery = await chainedRefinery({ source: orders, rows: prepared, fits: [], engine });
  const refined = await refinery.refine(rows);
  await refinery.close();
  return refined;
}
