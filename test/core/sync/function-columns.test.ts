import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { StreamOptions } from "../../../core/sync/plan.js";
import type { Row } from "../../../sdk/batch/pack.js";
import { formatType, scalar } from "../../../sdk/schema/column-type.js";
import type { Column } from "../../../sdk/schema/stream.js";
import { memorySource } from "../../../sdk/testing/memory-source.js";
import { type MemoryStore, memoryStore } from "../../../sdk/testing/memory-store.js";
import { syncInMemory } from "./sync-in-memory.js";

const dir = mkdtempSync(join(tmpdir(), "sluice-made-"));
afterAll(() => rmSync(dir, { recursive: true }));

const columns: Column[] = [
  { name: "id", type: scalar("int64"), nullable: false },
  { name: "note", type: scalar("string"), nullable: true },
];
/** A note such as `a=1` becomes the column `a`; numbers as numbers. */
const path = join(dir, "notes.ts");
writeFileSync(
  path,
  `export default (row) => {
    const [name, text] = (row.note ?? "").split("=");
    return name === "" ? row : { ...row, [name]: Number.isNaN(Number(text)) ? text : Number(text) };
  };`,
);

describe("columns that a function brings up", () => {
  for (const write of ["append", "overwrite", "merge"] as const) {
    it(`on the way get into the table with every value before and after: ${write}`, async () => {
      const store = memoryStore();
      const notes = ["a=1", null, "b=x", "a=2", "a=many", "c=1.5"];
      const { tally } = await sync(store, notes, { write });
      expect(tally).toMatchObject({ read: 6, written: 6 });
      expect(table(store)).toEqual({
        types: { id: "int64", note: "string", a: "string", b: "string", c: "float64" },
        rows: [
          ["1", null, null],
          [null, null, null],
          [null, "x", null],
          ["2", null, null],
          ["many", null, null],
          [null, null, 1.5],
        ],
      });
    });
  }

  it("stay, and are no news to the next run, though no row has them then", async () => {
    const store = memoryStore();
    await sync(store, ["a=1"], { write: "merge" });
    const { tally } = await sync(store, [null], { write: "merge" });
    expect(tally.drift).toEqual([]);
    expect(table(store)).toEqual({
      types: { id: "int64", note: "string", a: "int64" },
      rows: [[null, undefined, undefined]],
    });
    const wider = await sync(store, [null, "a=x"], { write: "merge" });
    expect(wider.tally.drift.map(({ change }) => change)).toEqual(["int64 → string"]);
  });
});

function sync(store: MemoryStore, notes: readonly (string | null)[], options: StreamOptions) {
  const rows: Row[] = notes.map((note, i) => ({ id: i, note }));
  const source = memorySource([{ name: "things", columns, primaryKey: ["id"], rows }]);
  return syncInMemory({ source, options: { ...options, function: { file: "notes.ts", path } }, store });
}

function table(store: MemoryStore) {
  const { columns: found = [], rows = [] } = store.tables.get("main.things") ?? {};
  return {
    types: Object.fromEntries(found.map(({ name, type }) => [name, formatType(type)])),
    rows: rows.map(({ a, b, c }) => [a, b, c]),
  };
}
