import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { order, type ShopServer, shopManifest, shopServer } from "../support/manifest-shop.js";
import { runSluice } from "../support/run-program.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-manifest-e2e-"));
let shop: ShopServer;

beforeAll(async () => {
  shop = await shopServer([0, 1, 2, 3, 4].map((id) => order(id)));
  writeFileSync(join(folder, "shop.yaml"), shopManifest(shop.url));
  writeFileSync(
    join(folder, "sluice.yaml"),
    `sources:
  shop: { connector: airbyte-manifest, manifest: shop.yaml, config: { token: "\${SHOP_TOKEN}" }, private_hosts: ["127.0.0.1"] }
destinations:
  warehouse: { connector: duckdb, path: warehouse.duckdb }
connections:
  shop:
    source: shop
    destination: warehouse
    streams:
      orders: { read: incremental, write: merge }
      customer_orders: { read: incremental, write: append }
      customers: { read: full_refresh, write: overwrite }
`,
  );
});

afterAll(async () => {
  await shop.close();
  rmSync(folder, { recursive: true });
});

interface Report {
  readonly connections: readonly {
    readonly streams: readonly { readonly stream: string; readonly read: number; readonly written: number }[];
  }[];
}

async function sync(): Promise<Record<string, readonly [number, number]>> {
  const { code, stdout, stderr } = await runSluice(["sync", "--json", "--project", folder], {
    env: { SHOP_TOKEN: "sesame-open" },
  });
  expect([code, stderr.includes("sesame-open")], stderr).toEqual([0, false]);
  const report = JSON.parse(stdout) as Report;
  return Object.fromEntries(
    report.connections.flatMap(({ streams }) => streams.map((each) => [each.stream, [each.read, each.written]])),
  );
}

async function query(sql: string): Promise<unknown> {
  const { code, stdout, stderr } = await runSluice(["query", sql, "--json", "--project", folder], {
    env: { SHOP_TOKEN: "-" },
  });
  expect(code, stderr).toBe(0);
  return (JSON.parse(stdout) as { readonly rows: unknown }).rows;
}

test("a manifest is synced into DuckDB, and the second run takes what is new", async () => {
  expect(await sync()).toEqual({ orders: [5, 5], customer_orders: [5, 5], customers: [1, 1] });
  shop.orders.push(order(7, "ann", "2024-03-01T00:00:00Z"));
  shop.orders[0] = { ...order(0, "ann", "2024-03-02T00:00:00Z"), total: "99.5" };
  shop.customerOrders.push(order(8, "ben", "2024-03-01T00:00:00Z"));
  const second = await sync();
  expect(second.customer_orders).toEqual([1, 1]);
  const orders = [
    [0, 99.5],
    [1, 1.25],
    [2, 2.25],
    [3, 3.25],
    [4, 4.25],
    [7, 7.25],
  ];
  expect(await query("select id, total from shop.orders order by id")).toEqual(
    orders.map(([id, total]) => ({ id, total })),
  );
  expect(await query("select count(*) as n, count(distinct id) as ids from shop.customer_orders")).toEqual([
    { n: 6, ids: 6 },
  ]);
  expect(await query("select name, plan from shop.customers order by name")).toMatchObject([
    { name: "ann" },
    { name: "ben" },
  ]);
});
