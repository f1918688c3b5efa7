import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { describe, expect, inject, test } from "vitest";
import { createDatabase } from "../support/database.js";
import { queryDuckdb, queryPostgres } from "../support/query.js";
import { runSluice } from "../support/run-program.js";

// Rows that are gone from the source are found by their keys, without a change log.
const server = inject("postgresUrl");
const kinds = ["duckdb", "postgres"] as const;

async function openShop(kind: (typeof kinds)[number], name: string, options: object) {
  const url = await createDatabase(server, `deletes_source_${name}_${kind}`);
  const target = await createDatabase(server, `deletes_target_${name}_${kind}`);
  const folder = await mkdtemp(join(tmpdir(), "sluice-deletes-"));
  const source = new pg.Client({ connectionString: url });
  await source.connect();
  await source.query(
    "create table orders as select i as id, 'k' || i % 7 as part, 'n' || i as name, i as at from generate_series(1, 2000) i",
  );
  const path = join(folder, "target.duckdb");
  const destination = kind === "duckdb" ? { connector: "duckdb", path } : { connector: "postgres", url: target };
  const stream = { read: "incremental", write: "merge", primary_key: ["id", "part"], cursor: "at", ...options };
  await writeFile(
    join(folder, "sluice.yaml"),
    JSON.stringify({
      sources: { pg: { connector: "postgres", url } },
      destinations: { target: destination },
      connections: { shop: { source: "pg", destination: "target", streams: { "public.orders": stream } } },
    }),
  );
  return {
    source,
    query: (sql: string) => (kind === "duckdb" ? queryDuckdb(path, sql) : queryPostgres(target, sql)),
    async sync() {
      const { code, stdout, stderr } = await runSluice(["sync", "--project", folder, "--json"]);
      expect(stdout, stderr).toMatch(/^{/);
      return { code, stream: JSON.parse(stdout).connections[0].streams[0] as Record<string, unknown> };
    },
  };
}

describe.each(kinds)("rows that are gone from the source, in %s", (kind) => {
  test("are removed by their keys after each sync, and whatever else came is there", async () => {
    const shop = await openShop(kind, "hard", { deletes: { detect: "keys", mode: "hard" }, filter: "id <> 5" });
    expect(await shop.sync()).toMatchObject({ code: 0, stream: { read: 1999, written: 1999, deleted: 0 } });
    await shop.source.query(
      "delete from orders where id in (10, 20, 30); insert into orders values (3000, 'k', 'new', 3000)",
    );
    await shop.source.end();
    expect(await shop.sync()).toMatchObject({ code: 0, stream: { deleted: 3 } });
    const found = await shop.query(
      "select count(*), sum(case when id in (10, 20, 30) then 1 else 0 end), max(id) from shop.orders",
    );
    expect(found[0]!.map(Number)).toEqual([1997, 0, 3000]);
    expect(await shop.sync()).toMatchObject({ code: 0, stream: { deleted: 0 } });
  });

  test("are not those that a filter or a rule keeps out today", async () => {
    const quality = [{ range: { at: { max: 5000 } } }];
    const shop = await openShop(kind, "kept", {
      ...{ deletes: { detect: "keys", mode: "hard" }, filter: "name <> 'out'", quality },
    });
    await shop.sync();
    await shop.source.query("update orders set name = 'out', at = 3000 where id = 10");
    await shop.source.query("update orders set at = 6000 where id = 20");
    await shop.source.query("delete from orders where id = 30");
    await shop.source.end();
    expect((await shop.sync()).stream).toMatchObject({ deleted: 1 });
    const found = await shop.query("select id from shop.orders where id in (10, 20, 30) order by id");
    expect(found.map(([id]) => Number(id))).toEqual([10, 20]);
  });

  test("are marked, and no longer when they come again", async () => {
    const shop = await openShop(kind, "soft", { deletes: { detect: "keys" } });
    await shop.sync();
    await shop.source.query("delete from orders where id in (10, 20)");
    expect((await shop.sync()).stream).toMatchObject({ deleted: 2 });
    expect((await shop.sync()).stream).toMatchObject({ deleted: 0 });
    await shop.source.query("insert into orders values (10, 'k3', 'back', 4000)");
    await shop.source.end();
    expect((await shop.sync()).stream).toMatchObject({ deleted: 0 });
    const marked = await shop.query("select id from shop.orders where _sluice_deleted_at is not null");
    expect(marked.map(([id]) => Number(id))).toEqual([20]);
  });

  test("that are too many are taken for a fault: the stream fails, and nothing is deleted", async () => {
    const shop = await openShop(kind, "many", { deletes: { detect: "keys", mode: "hard", at_most: "1%" } });
    await shop.sync();
    await shop.source.query("delete from orders where id > 1900");
    const { code, stream } = await shop.sync();
    expect(code).toBe(9);
    expect(stream).toMatchObject({ status: "failed", error: { kind: "data", code: "deletes.too_many" } });
    await shop.source.query("truncate orders");
    await shop.source.end();
    expect((await shop.sync()).stream).toMatchObject({ error: { code: "deletes.source_empty" } });
    expect((await shop.query("select count(*) from shop.orders"))[0]!.map(Number)).toEqual([2000]);
  });
});
