import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { createDatabase } from "../support/database.js";
import { queryDuckdb, queryPostgres } from "../support/query.js";
import { runSluice } from "../support/run-program.js";

// What the drift policies make of rows of child tables that do not fit.
const server = inject("postgresUrl");
const policies = ["discard_value", "discard_row", "quarantine", "freeze"] as const;

const changed = `jsonb_build_array(jsonb_build_object('sku', 'x', 'qty', 1), jsonb_build_object('sku', 'y', 'qty', 'two'),
  jsonb_build_object('sku', 'z', 'qty', 3, 'gift', true))`;

test.each(["duckdb", "postgres"] as const)("each policy does in child tables of %s what it says", async (kind) => {
  const url = await createDatabase(server, `nested_drift_source_${kind}`);
  const target = await createDatabase(server, `nested_drift_target_${kind}`);
  const folder = await mkdtemp(join(tmpdir(), "sluice-nested-drift-"));
  const path = join(folder, "target.duckdb");
  const query = (sql: string) => (kind === "duckdb" ? queryDuckdb(path, sql) : queryPostgres(target, sql));
  const configure = (quarantine: string) => {
    const stream = { read: "incremental", write: "merge", primary_key: ["id"], cursor: "version" };
    const streams = policies.map((policy) => {
      const drift = policy === "quarantine" ? quarantine : policy;
      const options = { ...stream, nested: { lines: "child_table" }, drift: { columns: drift, types: drift } };
      return [`public.${policy}_orders`, options];
    });
    return writeFile(
      join(folder, "sluice.yaml"),
      JSON.stringify({
        sources: { pg: { connector: "postgres", url } },
        destinations: {
          target: kind === "duckdb" ? { connector: "duckdb", path } : { connector: "postgres", url: target },
        },
        connections: { shop: { source: "pg", destination: "target", streams: Object.fromEntries(streams) } },
      }),
    );
  };
  const sluice = async (...args: string[]) => {
    const { code, stdout, stderr } = await runSluice([...args, "--project", folder, "--json"]);
    expect(stdout, stderr).toMatch(/^{/);
    return { code, json: JSON.parse(stdout) };
  };
  const lines = (policy: string) =>
    query(`select _sluice_parent_id, _sluice_index, sku, qty from shop.${policy}_orders_lines order by 1, 2`);

  for (const policy of policies) {
    await queryPostgres(
      url,
      `create table ${policy}_orders as select i as id, i as version, '[{"sku":"a","qty":1}]'::jsonb as lines from generate_series(1, 3) i`,
    );
  }
  await configure("quarantine");
  expect((await sluice("sync")).code).toBe(0);
  for (const policy of policies)
    await queryPostgres(url, `update ${policy}_orders set version = 10, lines = ${changed} where id = 2`);
  const { code, json } = await sluice("sync");
  expect(code).toBe(8);
  const streams = json.connections[0].streams as { stream: string }[];
  const of = (policy: string) => streams.find(({ stream }) => stream === `public.${policy}_orders`);

  const others = (own: (string | null)[][]) => [["1", "0", "a", "1"], ...own, ["3", "0", "a", "1"]];
  expect(await lines("discard_value")).toEqual(
    others([
      ["2", "0", "x", "1"],
      ["2", "1", "y", null],
      ["2", "2", "z", "3"],
    ]),
  );
  expect(of("discard_value")).toMatchObject({ read: 2, written: 2 });

  expect(await lines("discard_row")).toEqual(others([["2", "0", "x", "1"]]));
  expect(of("discard_row")).toMatchObject({ read: 2, written: 2, filtered: 0, child_rows_discarded: 2 });

  expect(await lines("quarantine")).toEqual(others([["2", "0", "a", "1"]]));
  expect(of("quarantine")).toMatchObject({ read: 2, written: 1, quarantined: 1 });
  expect(await query("select stream, rule from shop._sluice_quarantine")).toEqual([
    ["public.quarantine_orders", "drift.types(quarantine_orders_lines.qty)"],
  ]);

  expect(await lines("freeze")).toEqual(others([["2", "0", "a", "1"]]));
  expect(of("freeze")).toMatchObject({
    status: "failed",
    error: {
      code: "drift.frozen",
      message: expect.stringContaining("table 'freeze_orders_lines': column 'gift': new"),
    },
  });

  // Sent again under another policy, the row comes with all its children, and once.
  await configure("evolve");
  expect((await sluice("quarantine", "replay", "shop", "--stream", "public.quarantine_orders")).code).toBe(0);
  const whole = others([
    ["2", "0", "x", "1"],
    ["2", "1", "y", "two"],
    ["2", "2", "z", "3"],
  ]);
  expect(await lines("quarantine")).toEqual(whole);
  expect(await query("select id, version from shop.quarantine_orders order by 1")).toEqual([
    ["1", "1"],
    ["2", "10"],
    ["3", "3"],
  ]);
  await sluice("quarantine", "replay", "shop", "--stream", "public.quarantine_orders");
  expect(await lines("quarantine")).toEqual(whole);
});
