import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Scan } from "../../../sdk/messages.js";
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
beforeEach(async () => {
  place = await lake();
});
afterEach(async () => {
  expect(place.warnings).toEqual([]);
  await place.remove();
});

const orders = columns("id int64, status string?");
const whole = target({ writeMode: "overwrite", fullRefresh: true, metadataColumns: false });
const scanOf = (sql: string): Scan => ({ sql, columns: columns("id int64, status string?"), origin: "numbers" });
const numbers = (from: number, to: number) =>
  scanOf(`SELECT CAST(range AS BIGINT) AS id, CAST(NULL AS VARCHAR) AS status FROM range(${from}, ${to})`);

describe("a path that ends in a format", () => {
  it.each([
    "out.parquet",
    "out.csv",
    "out.csv.gz",
    "out.csv.zst",
    "out.jsonl",
    "out.ndjson",
    "out.jsonl.gz",
    "OUT.PARQUET",
  ])("%s becomes exactly one plain file", async (path) => {
    const destination = await place.open({ path });
    await sync(destination, whole, orders, [{ id: 1, status: "a" }, { id: 2 }]);
    expect(await filesUnder(place.folder)).toEqual([path]);
    expect(await rowsOf(destination, `SELECT id FROM '${join(place.folder, path)}' ORDER BY id`)).toEqual([[1], [2]]);
    expect(await rowsOf(destination, "SELECT count(*) FROM out")).toEqual([[2]]);
  });

  it("out.jsonl takes a value of 50 MB within its share of memory", async () => {
    const destination = await place.open({ path: "out.jsonl" });
    const status = 'some "text"\n'.repeat(4_200_000);
    await sync(destination, whole, orders, [{ id: 1, status }]);
    const row = JSON.parse(await readFile(join(place.folder, "out.jsonl"), "utf8"));
    expect(row.status === status).toBe(true);
  });

  it("is replaced in one step: a reader sees the old file until the last commit", async () => {
    const destination = await place.open({ path: "out.parquet" });
    await sync(destination, whole, orders, [{ id: 1 }]);
    const writer = await destination.begin(whole);
    await writer.start(orders);
    await loadRows(writer, orders, [{ id: 2 }]);
    expect(await rowsOf(destination, "SELECT id FROM out")).toEqual([[1]]);
    await loadRows(writer, orders, [{ id: 3 }], { publish: true });
    await writer.close();
    expect(await rowsOf(destination, "SELECT id FROM out ORDER BY id")).toEqual([[2], [3]]);
    expect(await readdir(place.folder)).toEqual(["out.parquet", "work"]);
  });

  it.each(["out.parquet", "out.csv", "out.csv.gz", "out.csv.zst", "out.jsonl", "out.jsonl.gz"])(
    "%s takes several scans and batches into one file",
    async (path) => {
      const destination = await place.open({ path });
      const writer = await destination.begin(whole);
      await writer.start(orders);
      const loadId = nextLoadId();
      await writer.startLoad(loadId);
      expect(await writer.scan!(numbers(0, 5000))).toEqual({ read: 5000 });
      await writer.write(batchOf(orders, [{ id: 5000, status: "" }]));
      expect(await writer.scan!(numbers(5001, 6000))).toEqual({ read: 999 });
      expect(await writer.flush()).toEqual({ written: 6000, deduplicated: 0 });
      await writer.commit(commitOf(loadId, { publish: true }));
      await writer.close();
      expect(await filesUnder(place.folder)).toEqual([path]);
      expect(await rowsOf(destination, "SELECT count(*), sum(id), count(DISTINCT id) FROM out")).toEqual([
        [6000, expect.anything(), 6000],
      ]);
      if (path === "out.csv.gz") {
        const text = gunzipSync(await readFile(join(place.folder, path))).toString();
        expect(text.match(/id,status/g)).toHaveLength(1);
      }
    },
  );

  it("keeps the order of rows in text formats", async () => {
    const destination = await place.open({ path: "out.csv" });
    const writer = await destination.begin(whole);
    await writer.start(orders);
    await writer.startLoad(1);
    await writer.scan!(numbers(0, 300_000));
    await writer.flush();
    await writer.commit(commitOf(1, { publish: true }));
    await writer.close();
    const ids = (await readFile(join(place.folder, "out.csv"), "utf8")).split("\n").slice(1, -1).map(Number.parseFloat);
    expect(ids.every((id, at) => id === at)).toBe(true);
  });

  it("says the columns where there are no rows", async () => {
    const parquet = await place.open({ path: "out.parquet" });
    await sync(parquet, whole, orders, []);
    expect((await parquet.query("SELECT * FROM out")).columns).toEqual(["id", "status"]);
    await sync(await place.open({ path: "out.csv" }), whole, orders, []);
    expect(await readFile(join(place.folder, "out.csv"), "utf8")).toBe("id,status\n");
    await sync(await place.open({ path: "out.jsonl" }), whole, orders, []);
    expect(await readFile(join(place.folder, "out.jsonl"), "utf8")).toBe("");
  });

  it("refuses what one file cannot be", async () => {
    const destination = await place.open({ path: "out.parquet" });
    const refused = { kind: "config", code: "destination.single_file" };
    await expect(destination.begin(target())).rejects.toMatchObject(refused);
    expect(() => destination.refuseStreams!([whole.stream])).not.toThrow();
    expect(() => destination.refuseStreams!([whole.stream, "public.items"])).toThrow(expect.objectContaining(refused));
    await expect(place.open({ path: "out.parquet", format: "csv" })).rejects.toMatchObject({ code: "config.invalid" });
  });

  it("is left alone by an aborted load and by a killed run, whose files the next run removes", async () => {
    const destination = await place.open({ path: "out.parquet" });
    await sync(destination, whole, orders, [{ id: 1 }]);
    const aborted = await destination.begin(whole);
    await aborted.start(orders);
    await aborted.startLoad(1);
    await aborted.write(batchOf(orders, [{ id: 2 }]));
    await aborted.flush();
    await aborted.abort();
    await aborted.close();
    const killed = await destination.begin(whole);
    await killed.start(orders);
    await killed.startLoad(2);
    await killed.write(batchOf(orders, [{ id: 3 }]));
    await killed.flush();
    expect(await rowsOf(destination, "SELECT id FROM out")).toEqual([[1]]);
    const next = await (await place.open({ path: "out.parquet" })).begin(whole);
    expect((await filesUnder(place.folder)).filter((file) => file.includes("parquet"))).toEqual(["out.parquet"]);
    await expect(killed.commit(commitOf(2, { publish: true }))).rejects.toMatchObject({ code: "destination.fenced" });
    await next.close();
    await killed.close();
    expect(await readdir(place.folder)).toEqual(["out.parquet", "work"]);
  });

  it("is a folder of tables where there is such a folder", async () => {
    await (await import("node:fs/promises")).mkdir(join(place.folder, "out.parquet"));
    const destination = await place.open({ path: "out.parquet" });
    await sync(destination, target(), orders, [{ id: 1 }]);
    expect(await rowsOf(destination, "SELECT id FROM shop.orders")).toEqual([[1]]);
  });
});

describe("check", () => {
  it("leaves nothing behind, not even the folder", async () => {
    await (await place.open({ path: "a/b/c" })).check();
    await (await place.open({ path: "a/out.csv" })).check();
    expect(await readdir(place.folder)).toEqual(["work"]);
  });

  it("says what is in the way", async () => {
    await writeFile(join(place.folder, "file"), "");
    const destination = await place.open({ path: "file/lake" });
    await expect(destination.check()).rejects.toMatchObject({ kind: "config", code: "destination.not_writable" });
    await rm(join(place.folder, "file"));
  });
});
