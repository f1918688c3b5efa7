import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { describe, expect, inject, test } from "vitest";
import { createDatabase } from "../support/database.js";
import { queryDuckdb, queryPostgres } from "../support/query.js";
import { runSluice } from "../support/run-program.js";

// Nested data as columns and child tables, through all that happens to a stream's rows afterwards.
const server = inject("postgresUrl");

const orders = `create table orders as select
  i as id, i as version,
  case when i % 10 = 0 then '{}' else json_build_object('name', 'n' || i, 'geo', json_build_object('lat', i + 0.5)) end::jsonb as customer,
  (select jsonb_agg(jsonb_build_object('sku', 's' || i || '-' || j, 'qty', j)) from generate_series(1, i % 4) j) as lines,
  array['t' || i % 3, null] as tags
from generate_series(1, 100) i; alter table orders add primary key (id)`;

interface Shop {
  readonly source: pg.Client;
  configure(options: object): Promise<void>;
  sluice(...args: string[]): Promise<string>;
  /** Orders, their lines and their tags, as text. */
  loaded(): Promise<unknown[]>;
  expected(where: string): Promise<unknown[]>;
}

async function openShop(kind: "duckdb" | "postgres"): Promise<Shop> {
  const url = await createDatabase(server, `nested_source_${kind}`);
  const target = await createDatabase(server, `nested_target_${kind}`);
  const folder = await mkdtemp(join(tmpdir(), "sluice-nested-"));
  const source = new pg.Client({ connectionString: url });
  await source.connect();
  await source.query(orders);
  const path = join(folder, "target.duckdb");
  const destination = kind === "duckdb" ? { connector: "duckdb", path } : { connector: "postgres", url: target };
  const query = (sql: string) => (kind === "duckdb" ? queryDuckdb(path, sql) : queryPostgres(target, sql));
  return {
    source,
    async configure(options) {
      const stream = { read: "incremental", write: "merge", cursor: "version", ...options };
      const connections = { shop: { source: "pg", destination: "target", streams: { "public.orders": stream } } };
      const sources = { pg: { connector: "postgres", url } };
      const text = JSON.stringify({ sources, destinations: { target: destination }, connections });
      await writeFile(join(folder, "sluice.yaml"), text);
    },
    async sluice(...args) {
      const { code, stdout, stderr } = await runSluice([...args, "--project", folder, "--json"]);
      expect(code, stdout + stderr).toBe(0);
      return stdout;
    },
    loaded: async () => [
      await query("select id, customer_name, cast(customer_geo_lat as varchar) from shop.orders order by id"),
      await query("select _sluice_parent_id, _sluice_index, sku, qty from shop.orders_lines order by 1, 2"),
      await query("select _sluice_parent_id, _sluice_index, value from shop.orders_tags order by 1, 2"),
    ],
    async expected(where) {
      const from = `from orders o cross join lateral`;
      const read = async (sql: string) => (await source.query({ text: sql, rowMode: "array" })).rows;
      const texts = (rows: unknown[][]) => rows.map((row) => row.map((one) => (one === null ? null : String(one))));
      return [
        texts(
          await read(
            `select id, customer->>'name', (customer->'geo'->>'lat')::float8 from orders where ${where} order by 1`,
          ),
        ),
        texts(
          await read(
            `select id, n - 1, v->>'sku', v->>'qty' ${from} jsonb_array_elements(lines) with ordinality l(v, n) where ${where} order by 1, 2`,
          ),
        ),
        texts(
          await read(`select id, n - 1, v ${from} unnest(tags) with ordinality l(v, n) where ${where} order by 1, 2`),
        ),
      ];
    },
  };
}

describe.each(["duckdb", "postgres"] as const)("nested data in %s", (kind) => {
  test("follows its rows through syncs, replay, backfill, repair and deletes", async () => {
    const shop = await openShop(kind);
    const nested = { customer: "flatten", lines: "child_table", tags: "child_table" };
    const named = { quality: [{ not_null: ["customer_name"] }] };
    await shop.configure({ nested, ...named });
    await shop.sluice("sync");
    const good = "customer->>'name' is not null";
    expect(await shop.loaded()).toEqual(await shop.expected(good));

    await shop.source.query(`update orders set version = 200, tags = '{new}', lines = lines - 0 where id in (7, 11);
      insert into orders values (101, 201, '{"name":"last"}', '[{"sku":"x","qty":9,"gift":true}]', null)`);
    await shop.sluice("sync");
    expect(await shop.loaded()).toEqual(await shop.expected(good));

    await shop.configure({ nested });
    await shop.sluice("quarantine", "replay", "shop");
    expect(await shop.loaded()).toEqual(await shop.expected("true"));

    await shop.source.query('update orders set lines = \'[{"sku":"again"}]\' where id in (21, 22)');
    await shop.sluice("backfill", "shop", "--stream", "public.orders", "--from", "20", "--to", "23");
    expect(await shop.loaded()).toEqual(await shop.expected("true"));

    await shop.source.query(
      "update orders set tags = '{a,b,c}', customer = customer || '{\"name\":\"mended\"}' where id = 31",
    );
    await shop.sluice("verify", "shop", "--repair");
    expect(await shop.loaded()).toEqual(await shop.expected("true"));

    await shop.configure({ nested, deletes: { detect: "keys", mode: "hard", at_most: "50%" } });
    await shop.source.query("delete from orders where id in (2, 3, 31)");
    await shop.sluice("sync");
    expect(await shop.loaded()).toEqual(await shop.expected("true"));
    await shop.sluice("sync", "--full-refresh");
    expect(await shop.loaded()).toEqual(await shop.expected("true"));
    await shop.source.end();
  });
});
