import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, expect, inject, test } from "vitest";
import { createDatabase } from "../support/database.js";
import { installPython } from "../support/python-program.js";
import { runDuckdb } from "../support/run-duckdb.js";
import { type ProgramResult, runSluiceProcess } from "../support/run-program.js";

const dir = mkdtempSync(join(tmpdir(), "sluice-hosts-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const tap = installPython({ requirement: "meltanolabs-tap-postgres==0.10.0", program: "tap-postgres" });
const faker = installPython({ requirement: "airbyte-source-faker==7.2.1", program: "source-faker" });

async function sync(connection: string): Promise<ProgramResult> {
  const result = await runSluiceProcess(["sync", connection, "--json"], { cwd: dir });
  expect(result.code, result.stdout + result.stderr).toBe(0);
  return result;
}

async function rows(sql: string): Promise<unknown> {
  return (await runDuckdb(join(dir, "out.duckdb"), sql)).rows;
}

function writeProject(sources: object, connections: object): void {
  const destinations = { out: { connector: "duckdb", path: "out.duckdb" } };
  writeFileSync(join(dir, "sluice.yaml"), JSON.stringify({ sources, destinations, connections }));
}

test.skipIf("missing" in faker)(
  "airbyte-source-faker from PyPI syncs into DuckDB, in full and by its state",
  async () => {
    if ("missing" in faker) return;
    const people = { connector: "airbyte", command: faker.path };
    const config = { count: 300, seed: 7, parallelism: 1, always_updated: false };
    const streams = { users: { read: "incremental" } };
    writeProject({ people: { ...people, config } }, { people: { source: "people", destination: "out", streams } });
    await sync("people");
    expect(await rows("select count(*), count(distinct id), min(id), max(id) from people.users")).toEqual([
      [300, 300, 1, 300],
    ]);
    expect(await rows("select typeof(id), typeof(created_at), typeof(address) from people.users limit 1")).toEqual([
      ["BIGINT", "TIMESTAMP WITH TIME ZONE", "JSON"],
    ]);
    const [{ streams: reports }] = JSON.parse((await sync("people")).stdout).connections;
    expect(reports[0]).toMatchObject({ stream: "users", read: 0, written: 0 });
  },
);

test.skipIf("missing" in tap)(
  "tap-postgres from PyPI syncs into DuckDB: every value, and then what is new",
  async () => {
    if ("missing" in tap) return;
    const url = new URL(await createDatabase(inject("postgresUrl"), "hosts"));
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    try {
      await client.query(
        `create table orders (id bigint primary key, total numeric(38,12), at timestamptz, day date, note text, more jsonb);
       insert into orders select n, n + 0.123456789012, '2024-02-29 12:00:00.123456+00', '2024-02-29', 'ü' || n, '{"a": 1}'
         from generate_series(9007199254740993, 9007199254741042) n`,
      );
      const config = {
        host: url.hostname,
        port: Number(url.port),
        user: url.username,
        password: url.password || "none",
        database: "hosts",
        filter_schemas: ["public"],
      };
      const types = { "public-orders": { total: "decimal(38,12)" } };
      const shop = { connector: "singer", command: tap.path, config, types };
      const orders = { table: "orders", read: "incremental", cursor: "id", write: "append" };
      writeProject({ shop }, { shop: { source: "shop", destination: "out", streams: { "public-orders": orders } } });
      await sync("shop");
      const facts =
        "select count(*), sum(id)::varchar, sum(total)::varchar, cast(min(orders.at) as varchar), max(note) from shop.orders";
      const [[count, ids, totals, at]] = (await rows(facts)) as [string[]];
      const same = await client.query("select sum(id)::text as ids, sum(total)::text as totals from orders");
      expect({ count, ids, totals }).toEqual({ count: 50, ...same.rows[0] });
      expect(at).toBe("2024-02-29 12:00:00.123456+00");
      await client.query("insert into orders (id) values (9007199254741043)");
      const [{ streams }] = JSON.parse((await sync("shop")).stdout).connections;
      expect(streams[0]).toMatchObject({ read: 1, written: 1 });
      expect(await rows("select count(*), count(distinct id) from shop.orders")).toEqual([[51, 51]]);
    } finally {
      await client.end();
    }
  },
);
