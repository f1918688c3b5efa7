import pg from "pg";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.js";

let proxy: TcpProxy;
let client: pg.Client;

beforeEach(async () => {
  proxy = await startTcpProxy(inject("postgresUrl"));
  client = new pg.Client({ connectionString: proxy.url });
  client.on("error", () => undefined);
  await client.connect();
});

afterEach(async () => {
  await proxy.close();
});

test("passes everything through", async () => {
  const { rows } = await client.query("select repeat('x', 3000000) v");
  expect(rows[0].v).toHaveLength(3_000_000);
  await client.end();
});

test("cuts before the bytes arrive", async () => {
  await client.query("create temp table t (v int)");
  const cut = proxy.cutWhen({ direction: "out", pattern: "insert into", deliver: false });
  await expect(client.query("insert into t values (1)")).rejects.toThrow();
  await cut;
});

test("cuts after the bytes arrived, before the answer", async () => {
  await client.query("create table if not exists proxy_test (v int)");
  await client.query("truncate proxy_test");
  const cut = proxy.cutWhen({ direction: "in", pattern: "INSERT 0 1", deliver: false });
  await expect(client.query("insert into proxy_test values (1)")).rejects.toThrow();
  await cut;
  const direct = new pg.Client({ connectionString: inject("postgresUrl") });
  await direct.connect();
  expect((await direct.query("select * from proxy_test")).rows).toEqual([{ v: 1 }]);
  await direct.query("drop table proxy_test");
  await direct.end();
});

test("stalls and goes on", async () => {
  proxy.stall();
  let answered = false;
  const query = client.query("select 1").then(() => {
    answered = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(answered).toBe(false);
  proxy.resume();
  await query;
  await client.end();
});
