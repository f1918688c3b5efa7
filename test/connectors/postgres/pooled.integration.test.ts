import { afterAll, beforeAll, expect, test } from "vitest";
import postgres from "../../../connectors/postgres/index.js";
import { beginSnapshot, joinSnapshot } from "../../../connectors/postgres/snapshot.js";
import { connect, type PostgresClient } from "../../../sdk/sql/postgres/connect.js";
import { testContext } from "../../../sdk/testing/test-context.js";
import { openShop, type Shop } from "./shop.js";

let shop: Shop;
let clients: PostgresClient[];

beforeAll(async () => {
  shop = await openShop("source_pooled", "create table public.one (id int)");
  await shop.client.query(
    `alter database ${JSON.stringify(new URL(shop.url).pathname.slice(1))} set intervalstyle = 'sql_standard';
     alter database ${JSON.stringify(new URL(shop.url).pathname.slice(1))} set timezone = 'Asia/Tokyo'`,
  );
  clients = await Promise.all([unpinned(), unpinned()]);
});
afterAll(async () => {
  for (const client of clients) await client.end();
  await shop.close();
});

/** What a pooler hands out for a transaction: a session that somebody else opened. */
async function unpinned(): Promise<PostgresClient> {
  const client = await connect(postgres.config.parse({ url: shop.url }), testContext());
  await client.query("reset all");
  return client;
}

test("a read's transactions are pinned themselves, for a pooler may run them in any session", async () => {
  const [first, second] = clients as [PostgresClient, PostgresClient];
  const texts = "select (interval '1 day 02:00')::text as length, '2024-01-01 00:00Z'::timestamptz::text as moment";
  expect((await first.query(texts)).rows).toEqual([{ length: "1 2:00:00", moment: "2024-01-01 09:00:00+09" }]);
  const pinned = [{ length: "1 day 02:00:00", moment: "2024-01-01 00:00:00+00" }];
  const snapshot = await beginSnapshot(first, true, new Set());
  expect((await first.query(texts)).rows).toEqual(pinned);
  await joinSnapshot(second, snapshot);
  expect((await second.query(texts)).rows).toEqual(pinned);
});
