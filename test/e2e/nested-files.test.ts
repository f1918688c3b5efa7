import { mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runSluice } from "../support/run-program.js";

// Child tables in folders of files: folders of their own, committed by their parent's log.
const first = [
  {
    id: 1,
    lines: [
      { sku: "a", qty: 1 },
      { sku: "b", qty: 2 },
    ],
  },
  { id: 2, lines: [] },
];
const second = [
  { id: 1, lines: [{ sku: 'new, "quoted"', qty: 3 }] },
  { id: 3, lines: [{ sku: null, qty: 4 }] },
];

async function openProject(destination: object, options: object) {
  const folder = await mkdtemp(join(tmpdir(), "sluice-nested-files-"));
  const stream = { primary_key: ["id"], nested: { lines: "child_table" }, read: "full_refresh", ...options };
  const text = {
    sources: { files: { connector: "file", path: "orders.jsonl" } },
    destinations: { lake: { connector: "file", ...destination } },
    connections: { shop: { source: "files", destination: "lake", schema: "shop", streams: { orders: stream } } },
  };
  await writeFile(join(folder, "sluice.yaml"), JSON.stringify(text));
  const sluice = async (...args: string[]) => {
    const { code, stdout, stderr } = await runSluice([...args, "--project", folder, "--json"]);
    return { code, stderr, json: JSON.parse(stdout) };
  };
  return {
    folder,
    sluice,
    async sync(rows: readonly object[]) {
      await writeFile(join(folder, "orders.jsonl"), rows.map((row) => JSON.stringify(row)).join("\n"));
      return sluice("sync");
    },
    lines: async () => {
      const sql = "select _sluice_parent_id, _sluice_index, sku, qty from shop.orders_lines order by 1, 2, 3";
      const { rows } = (await sluice("query", sql)).json as { rows: readonly object[] };
      return rows.map((row) => Object.values(row));
    },
  };
}

const before = [
  [1, 0, "a", 1],
  [1, 1, "b", 2],
];
const after = [
  [1, 0, 'new, "quoted"', 3],
  [3, 0, null, 4],
];

test.each([
  ["parquet", "merge", after],
  ["parquet", "append", [...before, ...after]],
  ["csv", "append", [...before, ...after]],
  ["jsonl", "overwrite", after],
])("stand in a folder beside their parent's, with its log: %s, %s", async (format, write, expected) => {
  const { folder, sync, sluice, lines } = await openProject({ path: "lake", format }, { write });
  expect((await sync(first)).json).toMatchObject({ exit_code: 0 });
  expect(asNumbers(await lines())).toEqual(before);
  expect((await sync(second)).json).toMatchObject({ exit_code: 0 });
  const found = asNumbers(await lines());
  expect(found).toEqual([...expected].sort(byPlace));
  expect((await readdir(join(folder, "lake", "shop", "orders_lines"))).sort()).toEqual(["_view.sql", "data"]);
  const verified = await sluice("verify");
  // What a merge no longer gets from the source stays.
  const extra = write === "merge" ? 1 : 0;
  expect(verified.json.connections[0].streams[0]).toMatchObject(
    write === "append" ? { missing: 0, different: 0 } : { missing: 0, different: 0, extra },
  );
  expect(verified.json.connections[0].streams[0].children).toMatchObject([
    { table: "shop.orders_lines", missing: 0, extra: 0, different: 0 },
  ]);
});

test("are refused in one plain file", async () => {
  const { sync } = await openProject({ path: "lake.parquet" }, { write: "overwrite" });
  const { json } = await sync(first);
  expect(json.connections[0].streams[0].error).toMatchObject({ code: "destination.single_file", kind: "config" });
});

function asNumbers(rows: readonly (readonly unknown[])[]) {
  return rows.map(([parent, index, sku, qty]) => [Number(parent), Number(index), sku, Number(qty)]).sort(byPlace);
}

function byPlace(a: readonly unknown[], b: readonly unknown[]): number {
  return Number(a[0]) - Number(b[0]) || Number(a[1]) - Number(b[1]) || Number(a[3]) - Number(b[3]);
}
