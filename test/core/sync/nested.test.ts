import { describe, expect, test } from "vitest";
import type { StreamOptions } from "../../../core/sync/plan.js";
import { newTally, type StreamRun } from "../../../core/sync/stream-run.js";
import type { Row } from "../../../sdk/batch/pack.js";
import type { Message } from "../../../sdk/messages.js";
import { list, scalar } from "../../../sdk/schema/column-type.js";
import type { Column } from "../../../sdk/schema/stream.js";
import { memorySource } from "../../../sdk/testing/memory-source.js";
import { type MemoryStore, memoryStore } from "../../../sdk/testing/memory-store.js";
import { testContext } from "../../../sdk/testing/test-context.js";
import { syncInMemory } from "./sync-in-memory.js";

const columns: Column[] = [
  { name: "id", type: scalar("int64"), nullable: false },
  { name: "address", type: scalar("json"), nullable: true },
  { name: "lines", type: scalar("json"), nullable: true },
  { name: "tags", type: list(scalar("string")), nullable: true },
];
const rows: Row[] = [
  {
    id: 1,
    address: { city: "Rome" },
    lines: [
      { sku: "a", n: 1 },
      { sku: "b", n: 2 },
    ],
    tags: ["x", "y"],
  },
  { id: 2, address: null, lines: [], tags: null },
  { id: 3, address: { city: "Oslo", zip: "0150" }, lines: [{ sku: "c", n: 2.5, gift: true }], tags: ["z"] },
];
const flatten = { type: "flatten" } as const;
const childTable = { type: "child_table" } as const;
const nested = { address: flatten, lines: childTable, tags: childTable };

const table = (store: MemoryStore, name: string) => store.tables.get(`main.${name}`)?.rows.map(plain);
const names = (store: MemoryStore, name: string) => store.tables.get(`main.${name}`)?.columns.map((one) => one.name);

/** Without the columns that say which load a row is from. */
function plain({ _sluice_load_id: _, ...row }: Readonly<Record<string, unknown>>) {
  return row;
}

describe.each(["overwrite", "append", "merge"] as const)(
  "a stream with nested data that is written with %s",
  (write) => {
    test("has columns for keys and rows for elements, whenever they come up", async () => {
      const { store, tally } = await sync(rows, { write, nested });
      expect(names(store, "orders")?.slice(0, 3)).toEqual(["id", "address_city", "address_zip"]);
      expect(table(store, "orders")).toEqual([
        { id: 1n, address_city: "Rome", address_zip: null },
        { id: 2n, address_city: null, address_zip: null },
        { id: 3n, address_city: "Oslo", address_zip: "0150" },
      ]);
      expect(table(store, "orders_lines")).toEqual([
        { _sluice_parent_id: 1n, _sluice_index: 0n, sku: "a", n: "1.0", gift: null },
        { _sluice_parent_id: 1n, _sluice_index: 1n, sku: "b", n: "2.0", gift: null },
        { _sluice_parent_id: 3n, _sluice_index: 0n, sku: "c", n: "2.5", gift: true },
      ]);
      expect(table(store, "orders_tags")).toEqual([
        { _sluice_parent_id: 1n, _sluice_index: 0n, value: "x" },
        { _sluice_parent_id: 1n, _sluice_index: 1n, value: "y" },
        { _sluice_parent_id: 3n, _sluice_index: 0n, value: "z" },
      ]);
      expect(tally).toMatchObject({ read: 3, written: 3 });
      expect(store.drift.map(({ columnName, change }) => [columnName, change])).toContainEqual([
        "orders_lines.n",
        "int64 → decimal(20,1)",
      ]);
    });

    test("is read again where no checkpoint covers what came before a column that comes up", async () => {
      const tally = newTally();
      const { store } = await sync(rows, { write, nested }, { uncovered: true, tally });
      expect(table(store, "orders")).toHaveLength(3);
      expect(table(store, "orders_lines")).toHaveLength(3);
      expect(tally).toMatchObject({ read: 3, written: 3 });
    });
  },
);

test("children follow a parent that comes again: merge takes its elements for those there were", async () => {
  const store = memoryStore();
  await sync(rows, { write: "merge", nested }, { store });
  await sync(
    [{ id: 1, address: { city: "Bari" }, lines: [{ sku: "new" }], tags: [] }],
    { write: "merge", nested },
    { store },
  );
  expect(table(store, "orders")).toContainEqual({ id: 1n, address_city: "Bari", address_zip: null });
  expect(table(store, "orders_lines")?.map(({ _sluice_parent_id, sku }) => [_sluice_parent_id, sku])).toEqual([
    [3n, "c"],
    [1n, "new"],
  ]);
  expect(table(store, "orders_tags")?.map(({ value }) => value)).toEqual(["z"]);
  expect(store.drift.filter(({ change }) => change.startsWith("gone"))).toEqual([]);
});

test("children of rows that are filtered or quarantined are left out; rules and sql name what was flattened", async () => {
  const rule = {
    name: "not_null(address_city)",
    test: { type: "not_null", column: "address_city" },
    onFail: "quarantine",
    option: [],
  } as const;
  const options: StreamOptions = {
    nested,
    filter: "id % 5 <> 3",
    sql: "select *, upper(address_city) as town from batch",
    quality: { rows: [rule], loads: [] },
  };
  const { store, tally } = await sync(rows, options);
  expect(tally).toMatchObject({ read: 3, written: 1, filtered: 1, quarantined: 1 });
  expect(table(store, "orders")).toMatchObject([{ id: 1n, town: "ROME" }]);
  expect(new Set(table(store, "orders_lines")?.map((row) => row._sluice_parent_id))).toEqual(new Set([1n]));
  expect(JSON.parse(store.quarantine[0]!.row)).toEqual({ id: 2, lines: [], tags: null });
});

test("another choice later touches only its path: what was there stays", async () => {
  const store = memoryStore();
  await sync(rows, { write: "merge" }, { store });
  await sync(rows.slice(0, 1), { write: "merge", nested: { address: flatten, lines: childTable } }, { store });
  const [second, third, first] = [2n, 3n, 1n].map((id) => table(store, "orders")?.find((row) => row.id === id));
  expect(third).toMatchObject({ address: '{"city":"Oslo","zip":"0150"}', address_city: null, tags: ["z"] });
  expect(second).toMatchObject({ lines: "[]" });
  expect(first).toMatchObject({ address_city: "Rome", tags: ["x", "y"] });
  expect(table(store, "orders_lines")).toHaveLength(2);
  expect(store.drift.map(({ columnName, change }) => [columnName, change])).toEqual(
    expect.arrayContaining([
      ["address", "gone from the source"],
      ["lines", "gone from the source"],
    ]),
  );
  await sync(rows, { write: "merge" }, { store });
  expect(table(store, "orders")?.find((row) => row.id === 3n)).toMatchObject({
    lines: '[{"sku":"c","n":2.5,"gift":true}]',
  });
});

test("what one path made stays as it was when only that path is no longer taken apart", async () => {
  const store = memoryStore();
  await sync(rows, { write: "merge", nested }, { store });
  const rest = { write: "merge", nested: { lines: childTable, "lines.sku": { type: "json" } } } as const;
  await sync(rows.slice(0, 1), rest, { store });
  expect(table(store, "orders")?.find((row) => row.id === 1n)).toMatchObject({
    address_city: "Rome",
    address: '{"city":"Rome"}',
  });
  expect(store.drift.map(({ columnName, change }) => [columnName, change])).toContainEqual([
    "address_city",
    "gone from the source",
  ]);
});

test("a stream that brings nothing makes no table whose columns nobody knows, and keeps the one it has", async () => {
  const store = memoryStore();
  const rule = {
    name: "r",
    test: { type: "not_null", column: "address_city" },
    onFail: "quarantine",
    option: [],
  } as const;
  const options: StreamOptions = { write: "merge", nested, quality: { rows: [rule], loads: [] } };
  await sync([], options, { store });
  expect(table(store, "orders")).toBeUndefined();
  await sync(rows, { ...options, quality: { rows: [], loads: [] } }, { store });
  await sync([], options, { store });
  expect(table(store, "orders")).toHaveLength(3);
});

test("a stream that brings nothing is judged by an expression about its loads all the same", async () => {
  const store = memoryStore();
  const rule = (sql: string) => {
    return { name: "sums", test: { type: "expression", sql }, onFail: "fail", option: [] } as const;
  };
  const options = (sql: string): StreamOptions => {
    return { write: "merge", nested, quality: { rows: [], loads: [rule(sql)] } };
  };
  await sync(rows, options("sum(id) > 0"), { store });
  await sync([], options("sum(id) > 0"), { store });
  await expect(sync([], options("count(*) > 0"), { store })).rejects.toMatchObject({ code: "quality.gate" });
});

test("the volume of a rebuild that is committed in parts is that of all its parts", async () => {
  const store = memoryStore();
  const volume = {
    name: "volume",
    test: { type: "volume_anomaly", within: 0.1, over: 10 },
    onFail: "fail",
    option: [],
  } as const;
  const options: StreamOptions = { write: "overwrite", nested, quality: { rows: [], loads: [volume] } };
  for (const id of ["r1", "r2", "r3"]) await sync(rows, options, { store, id });
  const grown = [...rows.slice(1), { id: 4, address: { street: "new", house: 4 } }];
  const { tally } = await sync(grown, options, { store, id: "r4" });
  expect(tally.loads.length).toBeGreaterThan(1);
  expect(tally).toMatchObject({ written: 3 });
  await expect(sync(rows.slice(1), options, { store, id: "r5" })).rejects.toMatchObject({ code: "quality.gate" });
});

test("a first load knows every column before a policy judges what comes later", async () => {
  const store = memoryStore();
  const options: StreamOptions = { write: "merge", nested, drift: { columns: "freeze", types: "freeze" } };
  const { tally } = await sync(rows, options, { store });
  expect(tally).toMatchObject({ read: 3, written: 3, drift: [] });
  expect(names(store, "orders")).toEqual(["id", "address_city", "address_zip"]);
  const news = sync([{ id: 4, address: { street: "new" } }], options, { store });
  await expect(news).rejects.toMatchObject({ code: "drift.frozen" });
  const children = sync([{ id: 4, lines: [{ weight: 1 }] }], options, { store });
  await expect(children).rejects.toThrow("table 'orders_lines': column 'weight': new, int64");
});

describe("what does not fit a child table", () => {
  const before = [{ id: 1, lines: [{ sku: "a", n: 1 }] }];
  const after = [
    {
      id: 1,
      lines: [
        { sku: "a", n: 1 },
        { sku: "b", n: "two" },
        { sku: "c", n: 3, gift: true },
      ],
    },
    { id: 2, lines: [{ sku: "d", n: 4 }] },
  ];
  const both = async (policy: "discard_value" | "discard_row" | "quarantine") => {
    const store = memoryStore();
    const options: StreamOptions = {
      write: "merge",
      nested: { lines: childTable },
      drift: { columns: policy, types: policy },
    };
    await sync(before, options, { store });
    const { tally } = await sync(after, options, { store });
    const lines = table(store, "orders_lines")?.map(({ _sluice_parent_id, _sluice_index, sku, n }) => {
      return [_sluice_parent_id, _sluice_index, sku, n];
    });
    return { store, tally, lines };
  };

  test("loses the value under discard_value", async () => {
    const { tally, lines } = await both("discard_value");
    expect(lines).toEqual([
      [1n, 0n, "a", 1n],
      [1n, 1n, "b", null],
      [1n, 2n, "c", 3n],
      [2n, 0n, "d", 4n],
    ]);
    expect(tally).toMatchObject({ read: 2, written: 2, discardedChildren: 0 });
  });

  test("is left out and counted under discard_row; the others keep their places", async () => {
    const { tally, lines, store } = await both("discard_row");
    expect(lines).toEqual([
      [1n, 0n, "a", 1n],
      [2n, 0n, "d", 4n],
    ]);
    expect(tally).toMatchObject({ read: 2, written: 2, filtered: 0, discardedChildren: 2 });
    expect(store.drift.map(({ columnName, decision }) => [columnName, decision])).toEqual(
      expect.arrayContaining([
        ["orders_lines.n", "discard_row: rows whose value is no int64 are left out"],
        ["orders_lines.gift", "discard_row: rows that have a value are left out"],
      ]),
    );
  });

  test("sends the row that it belongs to to the quarantine, whole, under quarantine", async () => {
    const { tally, lines, store } = await both("quarantine");
    expect(lines).toEqual([
      [1n, 0n, "a", 1n],
      [2n, 0n, "d", 4n],
    ]);
    expect(tally).toMatchObject({ read: 2, written: 1, quarantined: 1 });
    expect(store.quarantine.map(({ rule, reason }) => [rule, reason])).toEqual([
      ["drift.types(orders_lines.n)", "'orders_lines.n' does not fit int64"],
    ]);
    expect(JSON.parse(store.quarantine[0]!.row)).toMatchObject(after[0]!);
  });
});

test("a rule may name a column that comes up late, and one that never does is an error", async () => {
  const rule = (column: string) => {
    const found = { test: { type: "not_null", column }, onFail: "quarantine", option: [] } as const;
    return { quality: { rows: [{ name: "named", ...found }], loads: [] } };
  };
  const { tally } = await sync(rows, { nested, ...rule("address_zip") });
  expect(tally).toMatchObject({ read: 3, written: 1, quarantined: 2 });
  const missing = sync(rows, { nested, ...rule("address_zap") });
  await expect(missing).rejects.toMatchObject({ code: "stream.no_column", hint: "did you mean 'address_zip'?" });
});

test("a column from nested data gives way to one that stands already, and keeps its name from one that comes later", async () => {
  const derived: StreamOptions = { write: "merge", nested, derive: { address_city: "'derived'" } };
  const { store } = await sync(rows, derived);
  expect(names(store, "orders")?.[1]).toMatch(/^address_city_[0-9a-f]{8}$/);
  expect(table(store, "orders")?.[0]).toMatchObject({ id: 1n, address_city: "derived" });
  const first = (await sync(rows, { write: "merge", nested })).store;
  const twin = sync(rows, derived, { store: first });
  await expect(twin).rejects.toMatchObject({ code: "naming.nested_collision", kind: "config" });
});

test("keys of several columns and tables within tables", async () => {
  const source = memorySource([
    {
      name: "o",
      columns: [
        { name: "a", type: scalar("string"), nullable: false },
        { name: "b", type: scalar("int32"), nullable: false },
        { name: "l", type: scalar("json"), nullable: true },
      ],
      primaryKey: ["a", "b"],
      rows: [{ a: "k", b: 7, l: [{ t: [1] }, { t: [2, 3] }] }],
    },
  ]);
  const deep: StreamOptions = {
    nested: { l: { type: "child_table", table: "items" }, "l.t": childTable },
    rename: { a: "key" },
  };
  const { store } = await syncInMemory({ source, options: deep });
  expect(table(store, "items")).toEqual([
    { _sluice_parent_key: "k", _sluice_parent_b: 7, _sluice_index: 0n },
    { _sluice_parent_key: "k", _sluice_parent_b: 7, _sluice_index: 1n },
  ]);
  expect(table(store, "o_l_t")).toEqual([
    { _sluice_parent_key: "k", _sluice_parent_b: 7, _sluice_parent_index: 0n, _sluice_index: 0n, value: 1n },
    { _sluice_parent_key: "k", _sluice_parent_b: 7, _sluice_parent_index: 1n, _sluice_index: 0n, value: 2n },
    { _sluice_parent_key: "k", _sluice_parent_b: 7, _sluice_parent_index: 1n, _sluice_index: 1n, value: 3n },
  ]);
});

interface Circumstances {
  readonly store?: MemoryStore;
  /** The source gives no checkpoint before its end. */
  readonly uncovered?: boolean;
  readonly tally?: StreamRun["tally"];
  /** The run's. */
  readonly id?: string;
}

async function sync(rows: Row[], options: StreamOptions, { store, uncovered = false, tally, id }: Circumstances = {}) {
  const source = memorySource([{ name: "orders", columns, primaryKey: ["id"], rows }]);
  const opened = await source.open({}, testContext());
  const read = async function* (request: Parameters<typeof opened.read>[0]): AsyncGenerator<Message> {
    let last: Message | undefined;
    for await (const message of opened.read(request)) {
      if (uncovered && message.type === "checkpoint") last = message;
      else yield message;
    }
    if (last !== undefined) yield last;
  };
  return syncInMemory({
    source: { ...opened, read },
    options,
    batchRows: 1,
    ...(store && { store }),
    ...(tally && { tally }),
    ...(id && { run: { id } }),
  });
}
