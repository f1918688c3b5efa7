import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { expect, inject, test } from "vitest";
import { createDatabase } from "../support/database.js";
import { runDuckdb } from "../support/run-duckdb.js";
import { runSluice } from "../support/run-program.js";

test("a backfill brings a window again, in slices, doubles nothing and leaves the stream's own reading where it is", async () => {
  const url = await createDatabase(inject("postgresUrl"), "backfill");
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    "create table orders as select i as id, 'n' || i as name, timestamptz '2026-01-01 00:00+00' + i * interval '1 minute' as at from generate_series(0, 9999) i",
  );
  const folder = await mkdtemp(join(tmpdir(), "sluice-backfill-"));
  const stream = { read: "incremental", write: "merge", primary_key: ["id"], cursor: "at" };
  await writeFile(
    join(folder, "sluice.yaml"),
    JSON.stringify({
      sources: { pg: { connector: "postgres", url } },
      destinations: { duck: { connector: "duckdb", path: "target.duckdb" } },
      connections: { shop: { source: "pg", destination: "duck", streams: { "public.orders": stream } } },
    }),
  );
  const sluice = async (...args: string[]) => {
    const { code, stdout, stderr } = await runSluice([...args, "--project", folder, "--json"]);
    return { code, document: stdout === "" ? undefined : JSON.parse(stdout), stderr };
  };
  const window = ["backfill", "shop", "--stream", "public.orders", "--from", "2026-01-01T01:00Z", "--to", "2026-01-02"];
  const early = await sluice(...window);
  expect(early.document.connections[0].streams[0].error).toMatchObject({ code: "stream.not_loaded" });
  expect(early.code).toBe(3);

  expect((await sluice("sync")).code).toBe(0);
  const state = (await sluice("state", "export")).document.states[0].state.source;
  // Changed without touching the cursor, in the window and outside it: an incremental read sees neither.
  await client.query("update orders set name = 'corrected' where id in (0, 100, 1439, 1440)");
  await client.query("insert into orders values (20000, 'late', '2026-01-01 10:00+00')");
  await client.end();

  const { code, document, stderr } = await sluice(...window);
  expect(code, stderr).toBe(0);
  expect(document.connections[0].streams[0]).toMatchObject({ status: "succeeded", read: 1381, written: 1381 });
  const path = join(folder, "target.duckdb");
  const corrected = await runDuckdb(path, "SELECT id FROM shop.orders WHERE name IN ('corrected', 'late') ORDER BY id");
  expect(corrected.rows.map(([id]) => Number(id))).toEqual([100, 1439, 20000]);
  const counted = await runDuckdb(path, "SELECT count(*), count(DISTINCT id) FROM shop.orders");
  expect(counted.rows[0]!.map(Number)).toEqual([10001, 10001]);
  expect((await sluice("state", "export")).document.states[0].state.source).toEqual(state);
  expect((await sluice("sync")).document.connections[0].streams[0].status).toBe("succeeded");

  const refused = await sluice(
    "backfill",
    "shop",
    "--stream",
    "public.orders",
    "--from",
    "2026-01-02",
    "--to",
    "2026-01-01",
  );
  expect(refused.code).toBe(3);
  expect(refused.document.connections[0].streams[0].error).toMatchObject({ code: "backfill.window" });
});
