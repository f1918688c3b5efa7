import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { OpenDestination } from "../../../sdk/destination.js";
import {
  batchOf,
  columns,
  commitOf,
  filesUnder,
  type Lake,
  lake,
  loadRows,
  nextLoadId,
  rowsOf,
  sync,
  target,
} from "./support.js";

let place: Lake;
let destination: OpenDestination;
beforeEach(async () => {
  place = await lake();
  destination = await place.open();
});
afterEach(async () => {
  expect(place.warnings).toEqual([]);
  await place.remove();
});

const orders = columns("id int64");
const fenced = { kind: "transient", code: "destination.fenced" };
const dataFiles = () => filesUnder(join(place.folder, "lake/shop/orders/data"));

describe("a newer writer", () => {
  it("fences the older one, which then writes nothing", async () => {
    const zombie = await destination.begin(target());
    await zombie.start(orders);
    const loadId = nextLoadId();
    await zombie.startLoad(loadId);
    await zombie.write(batchOf(orders, [{ id: 1 }]));
    await zombie.flush();
    const other = await place.open();
    await sync(other, target(), orders, [{ id: 2 }]);
    await expect(zombie.commit(commitOf(loadId))).rejects.toMatchObject(fenced);
    await zombie.abort();
    await zombie.close();
    expect(await rowsOf(destination, "SELECT id FROM shop.orders")).toEqual([[2]]);
    expect(await dataFiles()).toHaveLength(1);
  });

  it("fences a writer that committed before", async () => {
    const first = await destination.begin(target());
    await first.start(orders);
    await loadRows(first, orders, [{ id: 1 }]);
    const second = await destination.begin(target());
    expect(second.state).toBeDefined();
    await expect(loadRows(first, orders, [{ id: 2 }])).rejects.toMatchObject(fenced);
    await first.close();
    await second.start(orders);
    await loadRows(second, orders, [{ id: 3 }]);
    await second.close();
    expect(await rowsOf(destination, "SELECT id FROM shop.orders ORDER BY id")).toEqual([[1], [3]]);
  });

  it("removes the files that a killed one left", async () => {
    const killed = await destination.begin(target());
    await killed.start(orders);
    await killed.startLoad(nextLoadId());
    await killed.write(batchOf(orders, [{ id: 1 }]));
    await killed.flush();
    expect(await dataFiles()).toHaveLength(1);
    const next = await (await place.open()).begin(target());
    expect(await dataFiles()).toEqual([]);
    expect(await readdir(join(place.folder, "lake/shop/orders/data"))).toEqual([]);
    await next.close();
  });

  it("leaves the files of a living writer of another stream into the same table alone", async () => {
    const other = await destination.begin(target({ stream: "public.orders_2025" }));
    await other.start(orders);
    const loadId = nextLoadId();
    await other.startLoad(loadId);
    await other.write(batchOf(orders, [{ id: 1 }]));
    await other.flush();
    await sync(destination, target(), orders, [{ id: 2 }]);
    await other.commit(commitOf(loadId));
    await other.close();
    expect(await rowsOf(destination, "SELECT id FROM shop.orders ORDER BY id")).toEqual([[1], [2]]);
  });

  it("of two that begin at once, exactly one can commit", async () => {
    const [a, b] = await Promise.all([destination.begin(target()), (await place.open()).begin(target())]);
    const outcomes = await Promise.allSettled(
      [a, b].map(async (writer, at) => {
        await writer.start(orders);
        await loadRows(writer, orders, [{ id: at }]);
      }),
    );
    for (const writer of [a, b]) await writer.close();
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await rowsOf(destination, "SELECT count(*) FROM shop.orders")).toEqual([[1]]);
  });
});

describe("a merge into a table that another stream changed meanwhile", () => {
  it("is not applied, and right the next time", async () => {
    const merged = target({ writeMode: "merge", primaryKey: ["id"] });
    await sync(destination, merged, orders, [{ id: 1 }]);
    const writer = await destination.begin(merged);
    await writer.start(orders);
    const loadId = nextLoadId();
    await writer.startLoad(loadId);
    await writer.write(batchOf(orders, [{ id: 2 }]));
    await writer.flush();
    await sync(await place.open(), { ...merged, stream: "public.other" }, orders, [{ id: 2 }]);
    const refused = { kind: "transient", code: "commit.not_applied" };
    await expect(writer.commit(commitOf(loadId))).rejects.toMatchObject(refused);
    await writer.abort();
    await writer.close();
    await sync(destination, merged, orders, [{ id: 2 }]);
    expect(await rowsOf(destination, "SELECT id FROM shop.orders ORDER BY id")).toEqual([[1], [2]]);
  });
});

describe("abort", () => {
  it("drops what is staged and leaves the last commit", async () => {
    const writer = await destination.begin(target());
    await writer.start(orders);
    await loadRows(writer, orders, [{ id: 1 }]);
    await writer.startLoad(nextLoadId());
    await writer.write(batchOf(orders, [{ id: 2 }]));
    await writer.abort();
    await loadRows(writer, orders, [{ id: 3 }]);
    await writer.close();
    expect(await rowsOf(destination, "SELECT id FROM shop.orders ORDER BY id")).toEqual([[1], [3]]);
    expect(await dataFiles()).toHaveLength(2);
  });

  it("drops a merge that was flushed", async () => {
    const merged = target({ writeMode: "merge", primaryKey: ["id"] });
    await sync(destination, merged, orders, [{ id: 1 }]);
    const writer = await destination.begin(merged);
    await writer.start(orders);
    await writer.startLoad(nextLoadId());
    await writer.write(batchOf(orders, [{ id: 1 }, { id: 2 }]));
    await writer.flush();
    await writer.abort();
    await writer.close();
    expect(await rowsOf(destination, "SELECT id FROM shop.orders")).toEqual([[1]]);
    expect(await dataFiles()).toHaveLength(1);
  });
});

describe("the state", () => {
  const key = { schema: "shop", connection: "shop", stream: "public.orders" };

  it("is what was last committed, with its place in the stream's history", async () => {
    await sync(destination, target(), orders, [{ id: 1 }], { state: { cursor: "a" } });
    const { loadId } = await sync(destination, target(), orders, [{ id: 2 }], { state: { cursor: "b" } });
    const [row] = await destination.states("shop");
    expect(row).toMatchObject({ ...{ connection: "shop", stream: "public.orders" }, epoch: 2, seq: 2, loadId });
    expect(row).toMatchObject({ state: { cursor: "b" }, schemaHash: "hash", committedAt: expect.any(Date) });
    expect(await destination.states("elsewhere")).toEqual([]);
    const writer = await destination.begin(target());
    expect(writer.state).toEqual({ cursor: "b" });
    await writer.close();
  });

  it("can be set and forgotten, which fences a running writer", async () => {
    await sync(destination, target(), orders, [{ id: 1 }]);
    const running = await destination.begin(target());
    await running.start(orders);
    await destination.putState(key, { cursor: "set" });
    await expect(loadRows(running, orders, [{ id: 2 }])).rejects.toMatchObject(fenced);
    await running.close();
    expect((await destination.begin(target())).state).toEqual({ cursor: "set" });
    await destination.putState(key, undefined);
    expect(await destination.states("shop")).toEqual([]);
    expect((await destination.begin(target())).state).toBeUndefined();
  });

  it("can be set before the first load, and moves along when the table's name changes", async () => {
    await destination.putState(key, { cursor: "imported" });
    expect(await destination.states("shop")).toMatchObject([{ state: { cursor: "imported" } }]);
    const writer = await destination.begin(target());
    expect(writer.state).toEqual({ cursor: "imported" });
    expect(writer.columns).toBeUndefined();
    await writer.close();
    await sync(destination, target(), orders, [{ id: 1 }], { state: { cursor: "loaded" } });
    const renamed = await destination.begin(target({ table: "renamed" }));
    expect(renamed.state).toEqual({ cursor: "loaded" });
    expect(renamed.columns).toBeUndefined();
    await renamed.close();
    expect(await destination.states("shop")).toHaveLength(1);
  });
});

describe("the ledger", () => {
  it("gives the loads of a schema, newest first", async () => {
    const first = await sync(destination, target(), orders, [{ id: 1 }], { state: { cursor: "a" } });
    const second = await sync(destination, target({ stream: "public.items", table: "items" }), orders, [{ id: 2 }]);
    const loads = await destination.loads("shop", 10);
    expect(loads.map(({ loadId, stream, tableName }) => [loadId, stream, tableName])).toEqual([
      [second.loadId, "public.items", "items"],
      [first.loadId, "public.orders", "orders"],
    ]);
    expect(loads[1]).toMatchObject({
      runId: "run-1",
      read: 1,
      written: 1,
      stateBefore: undefined,
      stateAfter: { cursor: "a" },
    });
    expect(loads[1]!.startedAt.toISOString()).toBe("2026-01-02T03:04:05.678Z");
    expect(await destination.loads("shop", 1)).toHaveLength(1);
  });

  it("stands as Parquet beside the data, one row a load, joined by every row's load id", async () => {
    for (let id = 0; id < 3; id++) await sync(destination, target(), orders, [{ id }]);
    const sql = `SELECT o.id, l.run_id, l.stream, l.table_name, l.written, l.state_after
      FROM shop.orders o JOIN shop._sluice_loads l ON l.load_id = o._sluice_load_id ORDER BY o.id`;
    const rows = await rowsOf(destination, sql);
    expect(rows.map((row) => row.slice(0, 5))).toEqual(
      [0, 1, 2].map((id) => [id, "run-1", "public.orders", "orders", 1]),
    );
  });

  it("is repaired by the next run where a kill came between the commit and the Parquet file", async () => {
    await sync(destination, target(), orders, [{ id: 1 }]);
    await sync(destination, target(), orders, [{ id: 2 }]);
    const { rm } = await import("node:fs/promises");
    await rm(join(place.folder, "lake/shop/_sluice_loads/orders.parquet"));
    await rm(join(place.folder, "lake/shop/orders/_view.sql"));
    await (await destination.begin(target())).close();
    expect(await rowsOf(destination, "SELECT count(*) FROM shop._sluice_loads")).toEqual([[2]]);
    expect(await readdir(join(place.folder, "lake/shop/orders"))).toContain("_view.sql");
  });
});

describe("names", () => {
  it.each([
    "a/b",
    "..",
    "con.parquet",
    "größe 😀",
    "x".repeat(250),
    'it\'s "quoted"',
    "semi;colon--",
    "*?[x]",
    "_log",
    "_SLUICE_x",
  ])("take %j as schema, table and column", async (name) => {
    const of = columns("id int64").map((column) => ({ ...column, name }));
    const to = target({ schema: name, table: name, stream: name });
    await sync(destination, to, of, [{ [name]: 1 }]);
    await sync(destination, { ...to, writeMode: "merge", primaryKey: [name] }, of, [{ [name]: 1 }, { [name]: 2 }]);
    const quoted = `"${name.replaceAll('"', '""')}"`;
    expect(await rowsOf(destination, `SELECT ${quoted} FROM ${quoted}.${quoted} ORDER BY 1`)).toEqual([[1], [2]]);
    expect((await filesUnder(join(place.folder))).every((file) => file.startsWith("lake/"))).toBe(true);
  });
});
