import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import postgres from "../../../connectors/postgres/index.js";
import type { JsonObject } from "../../../sdk/json.js";
import type { OpenSource } from "../../../sdk/source.js";
import { readRequest, readStream } from "../../../sdk/testing/read-stream.js";
import { testContext } from "../../../sdk/testing/test-context.js";
import { openShop, type Shop } from "./shop.js";

let shop: Shop;

beforeAll(async () => {
  shop = await openShop(
    "source_access",
    `drop role if exists sluice_reader; create role sluice_reader login password 'canary-7';
     revoke create on schema public from public;
     create schema sales; create schema "Hidden ""one";
     create table public.open_table (id int primary key, updated_at timestamptz, created_on date, v text);
     create table sales.orders (id int, secret text, v int);
     create table sales.closed (id int);
     create table "Hidden ""one".things (id int);
     create table sales."a.b" (id int);
     create materialized view sales.summary as select count(*) as n from sales.orders;
     create view sales.orders_view as select * from sales.orders;
     grant select on public.open_table, sales.summary, sales.orders_view, sales."a.b" to sluice_reader;
     grant select (id, v) on sales.orders to sluice_reader;
     grant usage on schema sales to sluice_reader`,
  );
});
afterAll(async () => {
  await shop.client.query("drop owned by sluice_reader; drop role sluice_reader");
  await shop.close();
});

const context = testContext();

async function asReader<Result>(config: JsonObject, work: (source: OpenSource) => Promise<Result>): Promise<Result> {
  const url = new URL(shop.url);
  url.username = "sluice_reader";
  const source = await postgres.open(postgres.config.parse({ url: url.href, ...config }), context);
  try {
    return await work(source);
  } finally {
    await source.close();
  }
}

describe("discover", () => {
  test("finds what may be selected, and only that", async () => {
    const { streams } = await asReader({}, (source) => source.discover());
    expect(
      streams.map(({ namespace, name, columns }) => [namespace, name, columns.map((column) => column.name)]),
    ).toEqual([
      ["public", "open_table", ["id", "updated_at", "created_on", "v"]],
      ["sales", "a.b", ["id"]],
      ["sales", "orders", ["id", "v"]],
      ["sales", "orders_view", ["id", "secret", "v"]],
      ["sales", "summary", ["n"]],
    ]);
  });

  test("says keys, cursors the best first, identities and nullability", async () => {
    const stream = await shop.stream("public.open_table");
    expect(stream).toMatchObject({ primaryKey: ["id"], cursorFields: ["updated_at", "created_on", "id"] });
    expect(stream.columns[0]).toMatchObject({ nullable: false, id: expect.stringMatching(/^\d+\.1$/) });
    await shop.client.query("alter table public.open_table rename v to w");
    const renamed = await shop.stream("public.open_table");
    expect(renamed.columns.map(({ id }) => id)).toEqual(stream.columns.map(({ id }) => id));
  });

  test("takes patterns, and schemas", async () => {
    const names = async (config: JsonObject, streams?: string[]) =>
      (await asReader(config, (source) => source.discover(streams === undefined ? {} : { streams }))).streams.map(
        ({ name }) => name,
      );
    expect(await names({}, ["sales.order*", "public.nothing"])).toEqual(["orders", "orders_view"]);
    expect(await names({}, ["sales.a.b"])).toEqual(["a.b"]);
    expect(await names({}, ["sales.a%b", "sales.order_"])).toEqual([]);
    expect(await names({ schemas: ["public"] })).toEqual(["open_table"]);
  });

  test("names the grants that a stream asked for by its name lacks", async () => {
    const discovered = (...streams: string[]) => asReader({}, (source) => source.discover({ streams }));
    await expect(discovered("sales.orders", "sales.closed")).rejects.toMatchObject({
      kind: "config",
      code: "postgres.no_grant",
      stream: "sales.closed",
      hint: 'let the owner run: GRANT SELECT ON TABLE "sales"."closed" TO "sluice_reader";',
    });
    await expect(discovered('Hidden "one.things')).rejects.toMatchObject({
      hint: 'let the owner run: GRANT USAGE ON SCHEMA "Hidden ""one" TO "sluice_reader"; GRANT SELECT ON TABLE "Hidden ""one"."things" TO "sluice_reader";',
    });
    expect(await discovered("sales.clos*", "sales.nothing")).toEqual({ streams: [] });
  });

  test("finds one stream among hundreds of tables without looking at them all", async () => {
    await shop.client.query("create schema many");
    await shop.client.query(
      "do $$ begin for i in 1..500 loop execute format('create table many.t%s (a int, b text, c timestamptz)', i); end loop; end $$",
    );
    const [one, all]: [number[], number[]] = [[], []];
    const timed = async (times: number[], streams: string) => {
      const started = performance.now();
      const found = await shop.source.discover({ streams: [streams] });
      times.push(performance.now() - started);
      return found.streams;
    };
    for (let round = 0; round < 5; round++) {
      expect((await timed(one, "many.t77"))[0]?.columns).toHaveLength(3);
      expect(await timed(all, "many.*")).toHaveLength(500);
    }
    expect(Math.min(...one)).toBeLessThan(Math.min(...all));
    await shop.client.query("drop schema many cascade");
  });
});

describe("check", () => {
  test("passes where something may be read, and logs what may not", async () => {
    await asReader({}, (source) => source.check());
    const line = context.lines.find(({ message }) => message.includes("sales"));
    expect(line?.level).toBe("warn");
  });

  test("names the grants that a configured schema lacks", async () => {
    await expect(asReader({ schemas: ["sales"] }, (source) => source.check())).rejects.toMatchObject({
      kind: "config",
      code: "postgres.no_grant",
      hint: 'let the owner run: GRANT SELECT ON TABLE "sales"."closed" TO "sluice_reader";',
    });
    await expect(asReader({ schemas: ['Hidden "one'] }, (source) => source.check())).rejects.toMatchObject({
      hint: 'let the owner run: GRANT USAGE ON SCHEMA "Hidden ""one" TO "sluice_reader"; GRANT SELECT ON TABLE "Hidden ""one"."things" TO "sluice_reader";',
    });
    await expect(asReader({ schemas: ["nowhere"] }, (source) => source.check())).rejects.toMatchObject({
      code: "postgres.schema_missing",
    });
  });
});

describe("read", () => {
  test("names the grant that is missing", async () => {
    const stream = await shop.stream("sales.closed");
    const read = asReader({}, (source) => readStream(source, readRequest(stream)));
    await expect(read).rejects.toMatchObject({
      code: "postgres.no_grant",
      stream: "sales.closed",
      hint: expect.stringContaining('GRANT SELECT ON TABLE "sales"."closed"'),
    });
  });

  test("takes the columns that may be selected", async () => {
    await shop.client.query("insert into sales.orders values (1, 'x', 2)");
    const rows = await asReader({}, async (source) => {
      const { streams } = await source.discover({ streams: ["sales.orders"] });
      return (await readStream(source, readRequest(streams[0]!, { parallelism: 2 }))).rows;
    });
    expect(rows).toEqual([{ id: "1", v: "2" }]);
  });

  test("of partitions that may not be read by themselves goes through the whole", async () => {
    await shop.client.query(`create table sales.parted (id int, at timestamptz) partition by hash (id);
      create table sales.parted_0 partition of sales.parted for values with (modulus 1, remainder 0);
      insert into sales.parted select i, now() from generate_series(1, 9) i; grant select on sales.parted to sluice_reader`);
    for (const mode of ["full_refresh", "incremental"] as const) {
      const rows = await asReader({}, async (source) => {
        const { streams } = await source.discover({ streams: ["sales.parted"] });
        return (await readStream(source, readRequest(streams[0]!, { mode, cursorField: "at", parallelism: 2 }))).rows;
      });
      expect(rows).toHaveLength(9);
    }
  });

  test("is read only, and needs no other right", async () => {
    const rows = await asReader({}, async (source) => {
      const { streams } = await source.discover({ streams: ["public.open_table"] });
      const request = { mode: "incremental", cursorField: "updated_at", rereads: "merged" } as const;
      const first = await readStream(source, readRequest(streams[0]!, request));
      await shop.client.query("insert into public.open_table values (1, now())");
      return (
        await readStream(source, readRequest(streams[0]!, { ...request, state: first.checkpoints.at(-1)!.state }))
      ).rows;
    });
    expect(rows.map(({ id }) => id)).toEqual(["1"]);
  });
});

describe("a connection that cannot be made says why", () => {
  const check = async (change: (url: URL) => void, config: JsonObject = {}) => {
    const url = new URL(inject("postgresUrl"));
    change(url);
    const source = await postgres.open(postgres.config.parse({ url: url.href, ...config }), context);
    await source.check().finally(() => source.close());
  };

  test.each<[string, (url: URL) => void, string]>([
    ["no such database", (url) => (url.pathname = "/no_such_database"), "postgres.database_missing"],
    ["no such role", (url) => (url.username = "no_such_role"), "postgres.login_refused"],
    ["nobody listens", (url) => (url.port = "1"), "postgres.connection_refused"],
    ["no such host", (url) => (url.hostname = "no-such-host.invalid"), "postgres.host_unknown"],
    ["no TLS", (url) => url.searchParams.set("sslmode", "require"), "postgres.tls_missing"],
  ])("%s", async (_, change, code) => {
    await expect(check(change)).rejects.toMatchObject({ code, hint: expect.any(String) });
  });

  test("too many connections for a role, which time may heal", async () => {
    await shop.client.query("alter role sluice_reader connection limit 0");
    await expect(check((url) => (url.username = "sluice_reader"))).rejects.toMatchObject({
      kind: "transient",
      code: "postgres.too_many_connections",
    });
    await shop.client.query("alter role sluice_reader connection limit -1");
  });

  test("the password is in no message", async () => {
    const failure = await check((url) => {
      url.username = "no_such_role";
      url.password = "canary-7";
    }).catch((error: unknown) => error);
    expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain("canary-7");
    const fields = postgres.config.parse({ host: "h", password: "canary-7" });
    expect(JSON.stringify(fields)).not.toContain("canary-7");
  });
});

test("the session is pinned whatever the role's settings say", async () => {
  await shop.client.query(
    "alter role sluice_reader set timezone = 'Asia/Kolkata'; alter role sluice_reader set datestyle = 'SQL, DMY'; alter role sluice_reader set intervalstyle = 'iso_8601'; alter role sluice_reader set statement_timeout = '400ms'; alter role sluice_reader set client_encoding = 'LATIN1'",
  );
  await shop.client.query(
    "create view public.shown as select timestamptz '2024-01-01 00:00Z' as t, tstzrange('2024-01-01Z', null) as r, interval '1 day' as i, '€' as e, pg_sleep(0.6)::text as s",
  );
  await shop.client.query("grant select on public.shown to sluice_reader");
  const rows = await asReader({}, async (source) => {
    const { streams } = await source.discover({ streams: ["public.shown"] });
    return (await readStream(source, readRequest(streams[0]!))).rows;
  });
  expect(rows).toEqual([{ t: "2024-01-01 00:00:00+00", r: '["2024-01-01 00:00:00+00",)', i: "1 day", e: "€", s: "" }]);
});
