import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { createDatabase } from "../support/database.js";
import { runDuckdb } from "../support/run-duckdb.js";
import { runSluice } from "../support/run-program.js";
import { edgeTable } from "./edge-table.js";
import { fillParquet, fillPostgres } from "./value-sources.js";

// What `sluice verify` says of tables that are as the source is, and of tables that are not.
const server = inject("postgresUrl");
const edges = edgeTable();

async function sluice(folder: string, ...args: string[]): Promise<{ code: number | undefined; json: VerifyDocument }> {
  const { code, stdout, stderr } = await runSluice([...args, "--project", folder, "--json"]);
  expect(stdout, stderr).toMatch(/^{/);
  return { code, json: JSON.parse(stdout) as VerifyDocument };
}

interface VerifyDocument {
  readonly connections: readonly { readonly streams: readonly Record<string, unknown>[] }[];
}

async function project(connections: Record<string, object>, ends: object): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-verify-"));
  await writeFile(join(folder, "sluice.yaml"), JSON.stringify({ ...ends, connections }));
  return folder;
}

describe("every value of every type", () => {
  let folder: string;
  const destinations = ["duck", "pg", "parquet"];
  beforeAll(async () => {
    const url = await createDatabase(server, "verify_values");
    await fillPostgres(url, [edges]);
    const parquet = await mkdtemp(join(tmpdir(), "sluice-verify-"));
    await fillParquet(parquet, [edges]);
    const target = await createDatabase(server, "verify_values_target");
    const streams = { database: "public.edges", files: "edges" };
    const connections = Object.entries(streams).flatMap(([source, stream]) =>
      destinations.map((destination) => [
        `${source}_${destination}`,
        { source, destination, streams: { [stream]: { primary_key: ["id"] } } },
      ]),
    );
    folder = await project(Object.fromEntries(connections), {
      sources: {
        database: { connector: "postgres", url },
        files: { connector: "file", path: join(parquet, "edges.parquet") },
      },
      destinations: {
        duck: { connector: "duckdb", path: "target.duckdb" },
        pg: { connector: "postgres", url: target },
        parquet: { connector: "file", path: "lake" },
      },
    });
    const { code, json } = await sluice(folder, "sync");
    expect(code, JSON.stringify(json)).toBe(0);
  });

  test.each([
    ["database", "pushed_down"],
    ["files", "read"],
  ])("is verified as the same from %s in each destination, %s", async (source, how) => {
    const names = destinations.map((destination) => `${source}_${destination}`);
    const { code, json } = await sluice(folder, "verify", ...names);
    expect(json.connections.map(({ streams }) => streams[0])).toEqual(
      names.map(() =>
        expect.objectContaining({ status: "same", compared: how, source_rows: 14, target_rows: 14, error: null }),
      ),
    );
    expect(code).toBe(0);
  });
});

describe("a table that is not as its source", () => {
  test("gets exit code 9 and the keys that are missing, extra, different or not yet synced", async () => {
    const url = await createDatabase(server, "verify_differences");
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(
      "create table orders as select i as id, 'n' || i as name, timestamp '2026-01-01' + i * interval '1 minute' as at from generate_series(1, 5000) i",
    );
    const stream = { read: "incremental", write: "merge", primary_key: ["id"], cursor: "at" };
    const folder = await project(
      { shop: { source: "pg", destination: "duck", streams: { "public.orders": stream } } },
      {
        sources: { pg: { connector: "postgres", url } },
        destinations: { duck: { connector: "duckdb", path: "target.duckdb" } },
      },
    );
    expect((await sluice(folder, "verify")).json.connections[0]!.streams[0]).toMatchObject({ status: "not_loaded" });
    await sluice(folder, "sync");
    expect((await sluice(folder, "verify")).code).toBe(0);
    await client.query("delete from orders where id = 5; update orders set name = 'other' where id = 7");
    await client.query("insert into orders values (6000, 'new', '2027-01-01')");
    await client.end();
    await runDuckdb(join(folder, "target.duckdb"), "DELETE FROM shop.orders WHERE id = 9");
    const { code, json } = await sluice(folder, "verify");
    expect(code).toBe(9);
    const found = json.connections[0]!.streams[0]!;
    expect(found).toMatchObject({ status: "different", missing: 1, extra: 1, different: 1, pending: 1 });
    expect(found).toMatchObject({ source_rows: 5000, target_rows: 4999 });
    expect(new Set(found.keys as object[])).toEqual(
      new Set([
        { kind: "extra", key: { id: "5" } },
        { kind: "different", key: { id: "7" } },
        { kind: "missing", key: { id: "9" } },
        { kind: "pending", key: { id: "6000" } },
      ]),
    );
    const repaired = await sluice(folder, "verify", "--repair");
    expect(repaired.code).toBe(0);
    expect(repaired.json.connections[0]!.streams[0]).toMatchObject({ status: "succeeded", read: 2, written: 2 });
    const after = await sluice(folder, "verify");
    expect(after.code).toBe(0);
    expect(after.json.connections[0]!.streams[0]).toMatchObject({ missing: 0, extra: 0, different: 0, pending: 1 });
  });

  test("is judged after the transforms: what a filter or a rule took out is not missed, what is masked is compared masked", async () => {
    const url = await createDatabase(server, "verify_transforms");
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(
      "create table orders as select i as id, 'n' || i || '@x.y' as email, (i * 1.5)::numeric(10,2) as total from generate_series(1, 500) i",
    );
    const stream = {
      read: "incremental",
      write: "merge",
      primary_key: ["id"],
      cursor: "id",
      rename: { total: "total_usd" },
      mask: { email: "sha256" },
      filter: "total_usd % 2 <> 0",
      quality: [{ range: { total_usd: { max: 700 } } }],
    };
    const folder = await project(
      { shop: { source: "pg", destination: "duck", streams: { "public.orders": stream } } },
      {
        sources: { pg: { connector: "postgres", url } },
        destinations: { duck: { connector: "duckdb", path: "target.duckdb" } },
      },
    );
    expect((await sluice(folder, "sync")).code).toBe(0);
    const { code, json } = await sluice(folder, "verify");
    const same = json.connections[0]!.streams[0]!;
    expect(same).toMatchObject({ status: "same", compared: "read", missing: 0, extra: 0, different: 0 });
    expect(code).toBe(0);
    await client.query("update orders set email = 'other' where id = 3");
    await client.end();
    const after = (await sluice(folder, "verify")).json.connections[0]!.streams[0]!;
    expect(after).toMatchObject({ different: 1, keys: [{ kind: "different", key: { id: "3" } }] });
  });
});
