import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { describe, expect, inject, test } from "vitest";
import { createDatabase } from "../support/database.js";
import { queryDuckdb, queryPostgres } from "../support/query.js";
import { runDuckdb } from "../support/run-duckdb.js";
import { runSluice } from "../support/run-program.js";

// What `sluice verify` says of child tables, and that `--repair` leaves them as the source is.
const server = inject("postgresUrl");

const orders = `create table orders as select i as id, i as version,
  (select jsonb_agg(jsonb_build_object('sku', 's' || i || '-' || j, 'taxes', jsonb_build_array(j, j + 1)))
   from generate_series(1, i % 4) j) as lines,
  array['t' || i % 3, null] as tags
from generate_series(1, 400) i`;

interface TableVerdict {
  readonly table: string;
  readonly keys: readonly { readonly kind: string; readonly key: Readonly<Record<string, string>> }[];
}

type Verdict = TableVerdict & Readonly<Record<string, unknown>> & { readonly children: readonly TableVerdict[] };

interface Ended {
  readonly code: number | undefined;
  readonly stream: Verdict;
}

async function openShop(kind: "duckdb" | "postgres", name: string) {
  const url = await createDatabase(server, `verify_${name}_source_${kind}`);
  const target = await createDatabase(server, `verify_${name}_target_${kind}`);
  const folder = await mkdtemp(join(tmpdir(), "sluice-verify-children-"));
  const source = new pg.Client({ connectionString: url });
  await source.connect();
  await source.query(orders);
  const path = join(folder, "target.duckdb");
  const destination = kind === "duckdb" ? { connector: "duckdb", path } : { connector: "postgres", url: target };
  const nested = { lines: "child_table", "lines.taxes": "child_table", tags: "child_table" };
  return {
    source,
    query: (sql: string) => (kind === "duckdb" ? queryDuckdb(path, sql) : queryPostgres(target, sql)),
    async change(sql: string) {
      if (kind === "duckdb") await runDuckdb(path, sql);
      else await queryPostgres(target, sql);
    },
    async configure(options: object) {
      const stream = {
        read: "incremental",
        write: "merge",
        primary_key: ["id"],
        cursor: "version",
        nested,
        ...options,
      };
      const connections = { shop: { source: "pg", destination: "target", streams: { "public.orders": stream } } };
      const sources = { pg: { connector: "postgres", url } };
      await writeFile(
        join(folder, "sluice.yaml"),
        JSON.stringify({ sources, destinations: { target: destination }, connections }),
      );
    },
    async sluice(...args: string[]): Promise<Ended> {
      const { code, stdout, stderr } = await runSluice([...args, "--project", folder, "--json"]);
      expect(stdout, stderr).toMatch(/^{/);
      return { code, stream: JSON.parse(stdout).connections[0].streams[0] };
    },
  };
}

const told = ({ keys }: TableVerdict) => keys.map(({ kind, key }) => `${kind} ${Object.values(key).join("/")}`).sort();

describe.each(["duckdb", "postgres"] as const)("child tables in %s", (kind) => {
  test("are compared, and repaired by reading the rows again that they belong to", async () => {
    const shop = await openShop(kind, "repair");
    await shop.configure({});
    expect((await shop.sluice("sync")).code).toBe(0);
    const same = await shop.sluice("verify");
    expect(same.stream).toMatchObject({ status: "same", source_rows: 400, columns_left_out: [] });
    expect(same.stream.children).toMatchObject([
      { table: "shop.orders_lines", source_rows: 600, target_rows: 600, missing: 0, extra: 0, different: 0 },
      { table: "shop.orders_lines_taxes", source_rows: 1200, target_rows: 1200 },
      { table: "shop.orders_tags", source_rows: 800, target_rows: 800, pending: 0, not_unique: 0 },
    ]);
    expect(same.code).toBe(0);

    await shop.change(`
      delete from shop.orders_lines where _sluice_parent_id = 3 and _sluice_index = 1;
      update shop.orders_lines set sku = 'other' where _sluice_parent_id = 7 and _sluice_index = 0;
      insert into shop.orders_tags select 9, 2, value, _sluice_load_id from shop.orders_tags limit 1;
      insert into shop.orders_tags select 1000, 0, value, _sluice_load_id from shop.orders_tags limit 1;
      delete from shop.orders_lines_taxes where _sluice_parent_id = 3 and _sluice_parent_index = 2`);
    await shop.source.query("delete from orders where id = 399");
    const { code, stream } = await shop.sluice("verify");
    expect(code).toBe(9);
    expect(told(stream)).toEqual(["extra 399"]);
    const gone = ["extra 399/0", "extra 399/1"];
    expect(stream.children.map(told)).toEqual([
      ["different 7/0", ...gone, "extra 399/2", "missing 3/1"],
      [
        "extra 399/0/0",
        "extra 399/0/1",
        "extra 399/1/0",
        "extra 399/1/1",
        "extra 399/2/0",
        "extra 399/2/1",
        "missing 3/2/0",
        "missing 3/2/1",
      ],
      ["extra 1000/0", "extra 9/2", ...gone].sort(),
    ]);
    expect(stream.children[1]!.keys[0]!.key).toEqual({
      _sluice_parent_id: expect.any(String),
      _sluice_parent_index: expect.any(String),
      _sluice_index: expect.any(String),
    });

    const repaired = await shop.sluice("verify", "--repair");
    expect(repaired.stream).toMatchObject({ status: "succeeded", read: 3, written: 3 });
    expect((await shop.sluice("verify")).stream).toMatchObject({ status: "same", source_rows: 399 });
    expect(await shop.query("select count(*) from shop.orders_tags where _sluice_parent_id in (399, 1000)")).toEqual([
      ["0"],
    ]);
    expect((await shop.sluice("verify", "--repair")).stream).toMatchObject({ status: "succeeded", loads: [] });
    await shop.source.end();
  });

  test("are pending with their rows, have versions with them, and none of a row that is marked as deleted", async () => {
    const shop = await openShop(kind, "kinds");
    await shop.configure({ deletes: { detect: "keys", mode: "soft", at_most: "50%" } });
    await shop.sluice("sync");
    await shop.source.query("delete from orders where id = 399");
    await shop.sluice("sync");
    expect(await shop.query("select count(*) from shop.orders_tags where _sluice_parent_id = 399")).toEqual([["2"]]);
    expect((await shop.sluice("verify")).stream).toMatchObject({ status: "same", target_rows: 399 });

    await shop.source.query("update orders set version = 500, tags = '{x}', lines = null where id = 3");
    const pending = await shop.sluice("verify");
    expect(pending.code).toBe(0);
    expect(told(pending.stream)).toEqual(["pending 3"]);
    expect(told(pending.stream.children[0]!)).toEqual(["pending 3/0", "pending 3/1", "pending 3/2"]);

    await shop.configure({ write: "append", table: "versions" });
    await shop.sluice("sync", "--full-refresh");
    await shop.source.query("update orders set version = 501, tags = '{y,z}' where id = 3");
    await shop.sluice("sync");
    expect((await shop.sluice("verify")).stream).toMatchObject({ status: "same", target_rows: 400 });
    await shop.source.end();
  });

  test("are compared though keys came up that no table has yet; a key that is not unique is called so", async () => {
    const shop = await openShop(kind, "news");
    await shop.configure({ read: "full_refresh" });
    await shop.sluice("sync");
    await shop.source.query(`
      update orders set lines = '[{"sku": 1.5, "gift": true}]' where id = 200;
      insert into orders select 7, version, '[{"sku":"a"},{"sku":"b"},{"sku":"c"},{"sku":"d"}]', tags from orders where id = 7`);
    const { stream } = await shop.sluice("verify");
    const [lines, taxes, tags] = stream.children;
    expect(told(stream)).toEqual(["not_unique 7"]);
    expect(stream.columns_left_out).toEqual(["orders_lines.gift"]);
    expect(told(lines!)).toEqual([
      "missing 200/0",
      "not_unique 7/0",
      "not_unique 7/1",
      "not_unique 7/2",
      "not_unique 7/3",
    ]);
    expect(told(taxes!)).toEqual([]);
    expect(told(tags!)).toEqual(["not_unique 7/0", "not_unique 7/1"]);
    await shop.source.end();
  });
});
