import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { describe, expect, inject, test } from "vitest";
import { createDatabase, olderTransactionsEnded } from "../support/database.js";
import { queryDuckdb, queryPostgres } from "../support/query.js";
import { runSluice, runSluiceProcess } from "../support/run-program.js";

// Rejected rows are kept, explained, and taken in exactly once after the rule was mended.
const server = inject("postgresUrl");
const rows = 100_000;
const bad = 1_000;

interface Shop {
  readonly folder: string;
  readonly source: pg.Client;
  query(sql: string): Promise<(string | null)[][]>;
  sluice(...args: string[]): Promise<{ code: number | undefined; json: Json; stderr: string }>;
  /** Writes the project with these options for the stream. */
  configure(options: object): Promise<void>;
}

/** As the command line prints it. */
interface Json {
  readonly connections: readonly { readonly streams: readonly Record<string, unknown>[] }[];
  readonly rules: readonly object[];
  readonly rows: readonly { readonly row: string; readonly reason: string; readonly quarantine_id: string }[];
}

const kinds = ["duckdb", "postgres"] as const;

async function openShop(kind: (typeof kinds)[number], name: string): Promise<Shop> {
  const url = await createDatabase(server, `replay_source_${name}_${kind}`);
  const target = await createDatabase(server, `replay_target_${name}_${kind}`);
  const folder = await mkdtemp(join(tmpdir(), "sluice-replay-"));
  const source = new pg.Client({ connectionString: url });
  await source.connect();
  await source.query(
    `create table orders as select i as id, 'user' || i || '@x.y' as email,
       case when i % ${rows / bad} = 0 then -1 else i end::numeric(12,2) as total, i as version
     from generate_series(1, ${rows}) i`,
  );
  await olderTransactionsEnded(source);
  const path = join(folder, "target.duckdb");
  const destination = kind === "duckdb" ? { connector: "duckdb", path } : { connector: "postgres", url: target };
  return {
    folder,
    source,
    query: (sql) => (kind === "duckdb" ? queryDuckdb(path, sql) : queryPostgres(target, sql)),
    async sluice(...args) {
      const { code, stdout, stderr } = await runSluice([...args, "--project", folder, "--json"]);
      return { code, json: (stdout === "" ? undefined : JSON.parse(stdout)) as Json, stderr };
    },
    async configure(options) {
      const stream = { read: "incremental", write: "merge", primary_key: ["id"], cursor: "version", ...options };
      const connections = { shop: { source: "pg", destination: "target", streams: { "public.orders": stream } } };
      const sources = { pg: { connector: "postgres", url } };
      const text = JSON.stringify({ sources, destinations: { target: destination }, connections });
      await writeFile(join(folder, "sluice.yaml"), text);
    },
  };
}

const strict = { quality: [{ range: { total: { min: 0 } } }], mask: { email: "sha256" } };
const mended = { quality: [{ range: { total: { min: -1 } } }], mask: { email: "sha256" } };

describe.each(kinds)("rejected rows of a stream into %s", (kind) => {
  test("are exactly those that break the rule, and are taken in exactly once", async () => {
    const { sluice, query, configure, source } = await openShop(kind, "once");
    await configure(strict);
    const first = await sluice("sync");
    expect(first.json.connections[0]!.streams[0], first.stderr).toMatchObject({
      ...{ read: rows, written: rows - bad, quarantined: bad },
      rules: [{ rule: "range(total)", failed: bad, action: "quarantine" }],
    });
    const listed = (await sluice("quarantine", "list", "shop", "--limit", "1")).json;
    expect(listed.rules).toEqual([{ stream: "public.orders", rule: "range(total)", rows: bad }]);
    expect(JSON.parse(listed.rows[0]!.row)).toMatchObject({
      id: rows,
      total: -1,
      email: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    // The rule still holds: sent again, they are rejected again, and none is lost.
    const again = (await sluice("quarantine", "replay", "shop")).json.connections[0]!.streams[0];
    expect(again).toMatchObject({ read: bad, written: 0, quarantined: bad });
    await configure(mended);
    // The stream has gone on meanwhile: where it stands is not touched, and the newer version of a rejected row stays.
    await source.query("insert into orders values (200000, 'new', 1, 200000)");
    await source.query("update orders set total = 7, version = 200001 where id = 100");
    await source.end();
    await sluice("sync");
    const replayed = await sluice("quarantine", "replay", "shop");
    expect(replayed.json.connections[0]!.streams[0], replayed.stderr).toMatchObject({
      read: bad,
      // One was changed meanwhile, and the one with the greatest cursor was read again by the sync.
      written: bad - 2,
      deduplicated: 2,
      quarantined: 0,
    });
    expect((await sluice("quarantine", "replay", "shop", "1-1")).code).toBe(2);
    const nothing = await sluice("quarantine", "replay", "shop");
    expect(nothing.json.connections[0]!.streams[0]).toMatchObject({ status: "succeeded", read: 0, written: 0 });
    const counted = await query(
      "select count(*), count(distinct id), sum(case when total = -1 then 1 else 0 end) from shop.orders",
    );
    expect(counted[0]!.map(Number)).toEqual([rows + 1, rows + 1, bad - 1]);
    expect((await query("select total from shop.orders where id = 100"))[0]!.map(Number)).toEqual([7]);
    // Masked as before, and not twice.
    const masks = await query("select count(*) from shop.orders where length(email) <> 64");
    expect(masks[0]!.map(Number)).toEqual([0]);
    expect((await sluice("verify")).json.connections[0]!.streams[0]).toMatchObject({ status: "same" });
  });

  test("are taken in exactly once though the replay is killed", async () => {
    const { sluice, query, configure, folder, source } = await openShop(kind, "killed");
    await source.end();
    await configure(strict);
    await sluice("sync");
    await configure(mended);
    for (const ms of [250, 400, 550, 700]) {
      await runSluiceProcess(["quarantine", "replay", "shop", "--project", folder], { killAt: { ms } });
    }
    const last = await sluice("quarantine", "replay", "shop");
    expect(last.code, last.stderr).toBe(0);
    const counted = await query(
      "select count(*), count(distinct id), sum(case when total = -1 then 1 else 0 end) from shop.orders",
    );
    expect(counted[0]!.map(Number)).toEqual([rows, rows, bad]);
    const open = await query("select count(*) from shop._sluice_quarantine where replayed_load_id is null");
    expect(open[0]!.map(Number)).toEqual([0]);
  });
});

test("rows that were masked in another way are named, and read again from the source, once", async () => {
  const { sluice, configure, source, query } = await openShop("duckdb", "mask");
  await configure(strict);
  await sluice("sync");
  await source.query("delete from orders where id = 100; update orders set total = -2 where id in (200, 300)");
  await source.end();
  await configure({ ...mended, mask: { email: { partial: 3 } } });
  const { json, stderr } = await sluice("quarantine", "replay", "shop");
  expect(json.connections[0]!.streams[0], stderr).toMatchObject({ read: bad - 1, written: bad - 3, quarantined: 2 });
  expect(stderr).toContain("1,000 rows are masked in another way than today, and read again from the source");
  expect(stderr).toContain("stays in quarantine: the source does not give it");
  const masked = await query("select count(*) from shop.orders where total = -1 and email like '***%x.y'");
  expect(masked[0]!.map(Number)).toEqual([bad - 3]);
  const open = await query("select count(*) from shop._sluice_quarantine where replayed_load_id is null");
  expect(open[0]!.map(Number)).toEqual([3]);
  // A table that keeps every version is told nothing by a key.
  await configure({ ...mended, write: "append", mask: { email: "redact" } });
  expect((await sluice("quarantine", "replay", "shop")).stderr).toContain("3 rows stay in quarantine");
});
