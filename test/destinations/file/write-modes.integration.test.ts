import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { OpenDestination } from "../../../sdk/destination.js";
import { columns, filesUnder, type Lake, lake, loadRows, rowsOf, sync, target } from "./support.js";

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

const orders = columns("id int64, status string?");

describe("append", () => {
  it("adds the rows of each load, marked with its id", async () => {
    const first = await sync(destination, target(), orders, [{ id: 1, status: "open" }]);
    const second = await sync(destination, target(), orders, [{ id: 1, status: "paid" }, { id: 2 }]);
    expect(second).toMatchObject({ written: 2, deduplicated: 0 });
    expect(await rowsOf(destination, "SELECT * FROM shop.orders ORDER BY ALL")).toEqual([
      [1, "open", first.loadId],
      [1, "paid", second.loadId],
      [2, null, second.loadId],
    ]);
  });

  it("leaves the load's id out where metadata columns are off", async () => {
    await sync(destination, target({ metadataColumns: false }), orders, [{ id: 1, status: "open" }]);
    expect(await rowsOf(destination, "SELECT * FROM shop.orders")).toEqual([[1, "open"]]);
  });

  it("commits several loads of one writer", async () => {
    const writer = await destination.begin(target());
    await writer.start(orders);
    for (let id = 0; id < 5; id++) await loadRows(writer, orders, [{ id, status: "x" }]);
    await writer.close();
    expect(await rowsOf(destination, "SELECT count(*), count(DISTINCT _sluice_load_id) FROM shop.orders")).toEqual([
      [5, 5],
    ]);
  });

  it("makes a table of a load without rows", async () => {
    expect(await sync(destination, target(), orders, [])).toMatchObject({ written: 0 });
    expect(await rowsOf(destination, "SELECT count(*) FROM shop.orders")).toEqual([[0]]);
    expect((await destination.query("SELECT * FROM shop.orders")).columns).toEqual(["id", "status", "_sluice_load_id"]);
  });

  it("makes a table without columns", async () => {
    expect(await sync(destination, target(), [], [])).toMatchObject({ written: 0 });
    expect((await filesUnder(place.folder)).filter((file) => file.includes("data/load="))).toHaveLength(1);
  });

  it("takes a table without a schema", async () => {
    await sync(destination, target({ schema: undefined }), orders, [{ id: 1 }]);
    expect(await rowsOf(destination, "SELECT id FROM orders")).toEqual([[1]]);
  });

  it("adds and widens columns, old rows keeping their values", async () => {
    await sync(destination, target(), columns("id int32, amount decimal(5,2)"), [{ id: 1, amount: "1.50" }]);
    const writer = await destination.begin(target());
    expect(writer.columns?.map(({ name }) => name)).toEqual(["id", "amount"]);
    const wider = columns("id int64, amount string, note string?");
    await writer.start(wider);
    const loadId = 1_900_000_000_000_000;
    await writer.startLoad(loadId);
    const [id, amount, note] = wider;
    const [oldId, oldAmount] = columns("id int32, amount decimal(5,2)");
    await writer.alter([
      { type: "widen_column", column: "id", from: oldId!.type, to: id!.type },
      { type: "widen_column", column: "amount", from: oldAmount!.type, to: amount!.type },
      { type: "add_column", column: note! },
    ]);
    await writer.abort();
    await loadRows(writer, orders, []);
    await writer.close();
    expect((await (await destination.begin(target())).columns)?.map(({ name }) => name)).toEqual(["id", "amount"]);

    const again = await destination.begin(target());
    await again.start(wider);
    await again.startLoad(loadId);
    await again.alter([
      { type: "widen_column", column: "id", from: oldId!.type, to: id!.type },
      { type: "widen_column", column: "amount", from: oldAmount!.type, to: amount!.type },
      { type: "add_column", column: note! },
    ]);
    const { batchOf, commitOf } = await import("./support.js");
    await again.write(batchOf(wider, [{ id: 2n ** 40n, amount: "9.999", note: "new" }]));
    await again.flush();
    await again.commit(commitOf(loadId));
    await again.close();
    expect(await rowsOf(destination, "SELECT id, amount, note FROM shop.orders ORDER BY id")).toEqual([
      [1, "1.50", null],
      [2 ** 40, "9.999", "new"],
    ]);
  });
});

describe("overwrite", () => {
  const whole = target({ writeMode: "overwrite", fullRefresh: true });

  it("replaces the table in one step, and shows nothing before the publish", async () => {
    await sync(destination, whole, orders, [{ id: 1 }, { id: 2 }]);
    const writer = await destination.begin(whole);
    await writer.start(orders);
    await loadRows(writer, orders, [{ id: 3 }]);
    expect(await rowsOf(destination, "SELECT id FROM shop.orders ORDER BY id")).toEqual([[1], [2]]);
    await loadRows(writer, orders, [{ id: 4 }], { publish: true });
    await writer.close();
    expect(await rowsOf(destination, "SELECT id FROM shop.orders ORDER BY id")).toEqual([[3], [4]]);
  });

  it("replaces a table by an empty one", async () => {
    await sync(destination, whole, orders, [{ id: 1 }]);
    await sync(destination, whole, orders, []);
    expect(await rowsOf(destination, "SELECT count(*) FROM shop.orders")).toEqual([[0]]);
  });

  it("takes new columns", async () => {
    await sync(destination, whole, orders, [{ id: 1, status: "x" }]);
    await sync(destination, whole, columns("key string"), [{ key: "a" }]);
    expect(await rowsOf(destination, "SELECT key FROM shop.orders")).toEqual([["a"]]);
  });

  it("keeps replaced files for readers that hold them, for as long as is set", async () => {
    await sync(destination, whole, orders, [{ id: 1 }]);
    const data = join(place.folder, "lake/shop/orders/data");
    const before = await filesUnder(data);
    await sync(destination, whole, orders, [{ id: 2 }]);
    expect(await filesUnder(data)).toEqual(expect.arrayContaining(before));
    const hasty = await place.open({ keep_replaced: 0 });
    await sync(hasty, whole, orders, [{ id: 3 }]);
    expect(await filesUnder(data)).toHaveLength(1);
    expect(await rowsOf(hasty, "SELECT id FROM shop.orders")).toEqual([[3]]);
  });

  it("drops what an unfinished refresh had built", async () => {
    await sync(destination, whole, orders, [{ id: 1 }], { state: { done: true } });
    const killed = await destination.begin(whole);
    await killed.start(orders);
    await loadRows(killed, orders, [{ id: 2 }], { state: { done: false } });
    const writer = await destination.begin(whole);
    expect(writer.state).toEqual({ done: true });
    await writer.start(orders);
    await loadRows(writer, orders, [{ id: 3 }], { publish: true });
    await writer.close();
    expect(await rowsOf(destination, "SELECT id FROM shop.orders")).toEqual([[3]]);
    expect(await filesUnder(join(place.folder, "lake/shop/orders/data"))).toHaveLength(2);
  });
});

describe("merge", () => {
  const merged = target({ writeMode: "merge", primaryKey: ["id"] });
  const ids = async () => rowsOf(destination, "SELECT id, status FROM shop.orders ORDER BY id");

  it("replaces rows by key and adds new ones", async () => {
    await sync(destination, merged, orders, [
      { id: 1, status: "open" },
      { id: 2, status: "open" },
    ]);
    const second = await sync(destination, merged, orders, [
      { id: 2, status: "paid" },
      { id: 3, status: "open" },
    ]);
    expect(second).toMatchObject({ written: 2, deduplicated: 0 });
    expect(await ids()).toEqual([
      [1, "open"],
      [2, "paid"],
      [3, "open"],
    ]);
  });

  it("keeps the newest row of a key: the greatest cursor, among equals the last written", async () => {
    const dated = columns("id int64, version int32?, status string");
    const to = { ...merged, cursorField: "version" };
    const load = await sync(destination, to, dated, [
      { id: 1, version: 2, status: "newer" },
      { id: 1, version: 1, status: "older" },
      { id: 1, version: null, status: "unknown" },
      { id: 2, version: 1, status: "first" },
      { id: 2, version: 1, status: "last" },
    ]);
    expect(load).toMatchObject({ written: 2, deduplicated: 3 });
    expect(await ids()).toEqual([
      [1, "newer"],
      [2, "last"],
    ]);
  });

  it("goes by the order of many batches without a cursor", async () => {
    const writer = await destination.begin(merged);
    await writer.start(orders);
    await writer.startLoad(1);
    const { batchOf, commitOf } = await import("./support.js");
    for (let batch = 0; batch < 50; batch++) {
      const rows = Array.from({ length: 500 }, (_, id) => ({ id, status: `v${batch}` }));
      await writer.write(batchOf(orders, rows));
    }
    expect(await writer.flush()).toEqual({ written: 500, deduplicated: 49 * 500 });
    await writer.commit(commitOf(1));
    await writer.close();
    expect(await rowsOf(destination, "SELECT DISTINCT status FROM shop.orders")).toEqual([["v49"]]);
  });

  it("writes only the files anew that hold a key of the load", async () => {
    await sync(destination, merged, orders, [{ id: 1, status: "a" }]);
    await sync(destination, merged, orders, [{ id: 2, status: "a" }]);
    const data = join(place.folder, "lake/shop/orders/data");
    const hasty = await place.open({ keep_replaced: 0 });
    const before = await filesUnder(data);
    await sync(hasty, merged, orders, [{ id: 2, status: "b" }]);
    const after = await filesUnder(data);
    expect(after).toHaveLength(2);
    expect(after.filter((name) => before.includes(name))).toHaveLength(1);
    expect(await ids()).toEqual([
      [1, "a"],
      [2, "b"],
    ]);
  });

  it("stays a table of few files however often it is merged", async () => {
    const hasty = await place.open({ keep_replaced: 0 });
    for (let id = 0; id < 20; id++) await sync(hasty, merged, orders, [{ id, status: "x" }]);
    expect((await filesUnder(join(place.folder, "lake/shop/orders/data"))).length).toBeLessThan(10);
    expect(await rowsOf(destination, "SELECT count(*), count(DISTINCT id) FROM shop.orders")).toEqual([[20, 20]]);
  });

  it("takes keys of several columns, and names the row whose key is NULL", async () => {
    const pairs = columns("a int64?, b string?, v int32");
    const to = { ...merged, primaryKey: ["a", "b"] };
    await sync(destination, to, pairs, [
      { a: 1, b: "x", v: 1 },
      { a: 1, b: "y", v: 1 },
    ]);
    await sync(destination, to, pairs, [{ a: 1, b: "y", v: 2 }]);
    expect(await rowsOf(destination, "SELECT a, b, v FROM shop.orders ORDER BY ALL")).toEqual([
      [1, "x", 1],
      [1, "y", 2],
    ]);
    const failing = sync(destination, to, pairs, [{ a: 7, b: null, v: 1 }]);
    await expect(failing).rejects.toMatchObject({ kind: "data", code: "merge.null_key", row: "a = 7, b = NULL" });
  });

  it("does the same again where the same load comes twice", async () => {
    const rows = [{ id: 1, status: "open" }];
    await sync(destination, merged, orders, rows);
    await sync(destination, merged, orders, rows);
    expect(await ids()).toEqual([[1, "open"]]);
  });

  it("is for Parquet", async () => {
    const csv = await place.open({ format: "csv" });
    await expect(csv.begin(merged)).rejects.toMatchObject({ kind: "config", code: "destination.write_mode" });
  });
});

describe("scd2", () => {
  const history = target({ writeMode: "scd2", primaryKey: ["id"] });
  const versions = () =>
    rowsOf(
      destination,
      `SELECT id, status, epoch_us(_sluice_valid_from), epoch_us(_sluice_valid_to) FROM shop.orders ORDER BY id, _sluice_valid_from`,
    );

  it("closes a version where another comes and leaves unchanged ones alone", async () => {
    const first = await sync(destination, history, orders, [
      { id: 1, status: "open" },
      { id: 2, status: null },
    ]);
    const second = await sync(destination, history, orders, [
      { id: 1, status: "paid" },
      { id: 2, status: null },
      { id: 3, status: "open" },
    ]);
    expect(second).toMatchObject({ written: 2, deduplicated: 1 });
    expect(await versions()).toEqual([
      [1, "open", first.loadId, second.loadId],
      [1, "paid", second.loadId, null],
      [2, null, first.loadId, null],
      [3, "open", second.loadId, null],
    ]);
  });

  it("closes keys that a full refresh does not bring, and opens them again when they come back", async () => {
    const full = { ...history, fullRefresh: true };
    const first = await sync(destination, full, orders, [{ id: 1 }, { id: 2 }]);
    const second = await sync(destination, full, orders, [{ id: 1 }]);
    expect(second).toMatchObject({ written: 0, deduplicated: 1 });
    const third = await sync(destination, full, orders, [{ id: 1 }, { id: 2 }]);
    expect(await versions()).toEqual([
      [1, null, first.loadId, null],
      [2, null, first.loadId, second.loadId],
      [2, null, third.loadId, null],
    ]);
  });

  it("keeps keys that an incremental load does not bring", async () => {
    await sync(destination, history, orders, [{ id: 1 }, { id: 2 }]);
    await sync(destination, history, orders, [{ id: 1, status: "x" }]);
    expect(await rowsOf(destination, "SELECT id FROM shop.orders WHERE _sluice_valid_to IS NULL ORDER BY id")).toEqual([
      [1],
      [2],
    ]);
  });
});
