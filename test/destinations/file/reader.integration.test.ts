import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { closeConnection, closeDatabase, connect, openDatabase } from "../../../sdk/sql/duckdb/database.js";
import { queryRows } from "../../../sdk/sql/duckdb/query-rows.js";
import { execute } from "../../../sdk/sql/duckdb/statement.js";
import { columns, type Lake, lake, sync, target } from "./support.js";

let place: Lake;
beforeEach(async () => {
  place = await lake();
});
afterEach(async () => {
  expect(place.warnings).toEqual([]);
  await place.remove();
});

const orders = columns("id int64, generation int32");
const generation = (of: number) => Array.from({ length: 1000 }, (_, id) => ({ id, generation: of }));
const whole = target({ writeMode: "overwrite", fullRefresh: true });

/** A reader with nothing but DuckDB and the views that stand beside the data. */
async function openReader() {
  const database = await openDatabase({ path: ":memory:", memoryBytes: 1e8, threads: 1, tempDir: place.folder });
  const connection = await connect(database);
  await execute(connection, await readFile(join(place.folder, "lake/_sluice_views.sql"), "utf8"));
  return {
    async read() {
      const sql = "SELECT count(*), min(generation), max(generation) FROM shop.orders";
      return (await queryRows(connection, sql, [])).rows[0]!;
    },
    close() {
      closeConnection(connection);
      closeDatabase(database);
    },
  };
}

describe("a reader of a table that is overwritten", () => {
  it("never sees a part of it", async () => {
    const destination = await place.open();
    await sync(destination, whole, orders, generation(0));
    let writing = true;
    const seen = new Set<unknown>();
    const reading = (async () => {
      while (writing) {
        const reader = await openReader();
        const [count, least, greatest] = await reader.read();
        reader.close();
        expect([count, greatest]).toEqual([1000, least]);
        seen.add(least);
      }
    })();
    for (let of = 1; of <= 8; of++) await sync(destination, whole, orders, generation(of));
    writing = false;
    await reading;
    expect(seen.size).toBeGreaterThan(1);
  });

  it("goes on with the table it opened", async () => {
    const destination = await place.open();
    await sync(destination, whole, orders, generation(0));
    const reader = await openReader();
    await sync(destination, whole, orders, generation(1));
    await sync(destination, whole, orders, generation(2));
    expect(await reader.read()).toEqual([1000, 0, 0]);
    reader.close();
  });

  it("finds every table in the views, though several writers commit at once", async () => {
    const tables = Array.from({ length: 6 }, (_, at) => `t${at}`);
    await Promise.all(
      tables.map(async (table) => {
        const to = target({ table, stream: table });
        const destination = await place.open();
        for (let of = 0; of < 3; of++) await sync(destination, to, orders, [{ id: 1, generation: of }]);
      }),
    );
    const views = await readFile(join(place.folder, "lake/_sluice_views.sql"), "utf8");
    for (const table of tables)
      expect(views.match(new RegExp(`VIEW "shop"."${table}" AS[^;]*load=`, "g"))).toHaveLength(1);
    for (const table of tables) {
      const view = await readFile(join(place.folder, `lake/shop/${table}/_view.sql`), "utf8");
      expect(views).toContain(view);
    }
  });
});
