import { afterEach, describe, expect, test } from "vitest";
import type { JsonObject } from "../../../sdk/json.js";
import type { ReadRequest } from "../../../sdk/source.js";
import type { StreamRead } from "../../../sdk/testing/read-stream.js";
import { openShop, type Shop } from "./shop.js";

let shop: Shop | undefined;
afterEach(async () => {
  await shop?.close();
  shop = undefined;
});

const orders = `
  create table orders (id int primary key, updated_at timestamptz);
  insert into orders select i, timestamptz '2024-01-01' + i * interval '1 minute' from generate_series(1, 10) i`;

async function open(setup: string, config: JsonObject = {}): Promise<Shop> {
  shop = await openShop(`source_incremental`, setup, config);
  return shop;
}

/** Reads `updated_at`-incrementally after an earlier read; returns the ids, in order, and the read. */
async function next(
  { read }: Shop,
  before: StreamRead | undefined,
  rereads: ReadRequest["rereads"],
  overrides: Partial<ReadRequest> = {},
): Promise<{ ids: number[]; read: StreamRead }> {
  const state = before?.checkpoints.at(-1)?.state;
  const request = { mode: "incremental", cursorField: "updated_at", rereads, ...overrides } as const;
  const result = await read("public.orders", state === undefined ? request : { ...request, state });
  return { ids: result.rows.map(({ id }) => Number(id)).sort((a, b) => a - b), read: result };
}

/** A first read at a moment in which nobody writes, in the server's other databases neither: later ones start at its bound. */
async function quietRead(shop: Shop): ReturnType<typeof next> {
  for (;;) {
    const first = await next(shop, undefined, "merged");
    const state = first.read.checkpoints.at(-1)?.state as { readonly quiet?: boolean } | undefined;
    if (state?.quiet === true) return first;
  }
}

const index = "create index on orders (updated_at)";

describe.each(["without an index", "with an index on the cursor"])("%s", (how) => {
  const setup = how.startsWith("with an") ? `${orders}; ${index}` : orders;

  test("a transaction that was open during a read and commits later with an older cursor is not lost", async () => {
    const { client: _, ...rest } = await open(setup);
    const late = await rest.connect();
    await late.query(
      "begin; insert into orders values (100, '2024-01-01 00:00:30Z'); savepoint a; insert into orders values (101, '2024-01-01 00:00:31Z')",
    );
    for (const rereads of ["merged", "forbidden"] as const) {
      const first = await next(shop!, undefined, rereads);
      expect(first.ids).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      if (rereads === "merged") continue;
      await late.query("commit");
      const second = await next(shop!, first.read, rereads);
      expect(second.ids).toEqual([100, 101]);
      expect((await next(shop!, second.read, rereads)).ids).toEqual([]);
    }
  });

  test("the same where rows may come again", async () => {
    const { connect } = await open(setup);
    const late = await connect();
    await late.query("begin; insert into orders values (100, '2024-01-01 00:00:30Z')");
    const first = await next(shop!, undefined, "merged");
    await late.query("commit");
    const second = await next(shop!, first.read, "merged");
    expect(second.ids).toContain(100);
  });

  test("ties of the bound come once where no row may come twice", async () => {
    const { client } = await open(setup);
    const first = await next(shop!, undefined, "forbidden");
    await client.query("insert into orders values (11, '2024-01-01 00:10Z'), (12, '2024-01-01 00:10Z')");
    const second = await next(shop!, first.read, "forbidden");
    expect(second.ids).toEqual([11, 12]);
    expect((await next(shop!, second.read, "forbidden")).ids).toEqual([]);
  });

  test("an update with an unchanged or older cursor comes, as a row version of its own", async () => {
    const { client } = await open(setup);
    const first = await next(shop!, undefined, "forbidden");
    await client.query("update orders set updated_at = '2024-02-01Z' where id = 3");
    const second = await next(shop!, first.read, "forbidden");
    expect(second.ids).toEqual([3]);
  });

  test("rows without a cursor come once, and are reported", async () => {
    const { client, context } = await open(setup);
    await client.query("insert into orders values (50, null)");
    const first = await next(shop!, undefined, "forbidden");
    expect(first.ids).toContain(50);
    expect(context.lines).toContainEqual({
      level: "warn",
      message: "public.orders: 1 rows have no updated_at, which is the cursor",
    });
    await client.query("insert into orders values (51, null)");
    const second = await next(shop!, first.read, "forbidden");
    expect(second.ids).toEqual([51]);
    expect((await next(shop!, second.read, "forbidden")).ids).toEqual([]);
  });

  test("lookback reads again what lies that far before the bound", async () => {
    const first = await quietRead(await open(setup));
    expect((await next(shop!, first.read, "merged")).ids).toEqual([10]);
    expect((await next(shop!, first.read, "merged", { lookback: 120_000 })).ids).toEqual([8, 9, 10]);
  });

  test("infinity is no bound", async () => {
    const { client } = await open(setup);
    await client.query("insert into orders values (60, 'infinity')");
    const first = await next(shop!, undefined, "forbidden");
    await client.query("insert into orders values (61, '2024-01-02Z')");
    expect((await next(shop!, first.read, "forbidden")).ids).toEqual([61]);
  });
});

test("with an index and a quiet server, a plan looks at the new rows only", async () => {
  const { client } = await open(`${orders}; ${index}`);
  const first = await quietRead(shop!);
  expect(first.read.checkpoints.at(-1)?.state).toMatchObject({ bound: "2024-01-01 00:10:00+00" });
  await client.query("insert into orders values (11, '2024-01-01 00:11Z')");
  expect((await next(shop!, first.read, "merged")).ids).toEqual([10, 11]);
});

test("with an index and a quiet server, a row stamped by a slow clock or with a number handed out before still comes", async () => {
  const { client } = await open(`${orders}; ${index}`);
  for (const rereads of ["merged", "forbidden"] as const) {
    const first = await next(shop!, undefined, rereads);
    const state = { ...(first.read.checkpoints.at(-1)?.state as JsonObject), quiet: true };
    await client.query("insert into orders values (90, '2024-01-01 00:00:30Z')");
    const second = await next(shop!, undefined, rereads, { state });
    expect(second.ids).toEqual(rereads === "merged" ? [10, 90] : [90]);
    await client.query("delete from orders where id = 90");
  }
});

test("twenty rounds of overlapping transactions lose nothing and double nothing", async () => {
  const { connect, client } = await open(`${orders}; ${index}`);
  const writers = await Promise.all([connect(), connect(), connect()]);
  let id = 1000;
  let last = await next(shop!, undefined, "forbidden");
  const seen = [...last.ids];
  for (let round = 0; round < 20; round++) {
    const writer = writers[round % 3]!;
    if (round >= 3) await writer.query("commit");
    await writer.query("begin");
    await writer.query(`insert into orders values (${id++}, clock_timestamp())`);
    await writer.query(`savepoint s; insert into orders values (${id++}, clock_timestamp())`);
    await client.query(`insert into orders values (${id++}, clock_timestamp())`);
    last = await next(shop!, last.read, "forbidden", { parallelism: 1 + (round % 2) });
    seen.push(...last.ids);
  }
  for (const writer of writers) await writer.query("commit");
  last = await next(shop!, last.read, "forbidden");
  seen.push(...last.ids);
  const { rows } = await client.query("select id from orders order by id");
  expect(seen.sort((a, b) => a - b)).toEqual(rows.map((row) => Number(row.id)));
});

describe("a cursor", () => {
  test.each([
    ["bigint", "9007199254740993", "9007199254740993"],
    ["smallint", "7", "7"],
    ["date", "0044-03-15 BC", "0044-03-15 BC"],
    ["timestamp", "1999-12-31 23:59:59.999999", "1999-12-31 23:59:59.999999"],
    ["numeric(20,3)", "12.5", "12.500"],
    ["double precision", "0.1", "0.1"],
    ["text", "b", "b"],
    ["uuid", "01234567-89ab-cdef-8123-456789abcdef", "01234567-89ab-cdef-8123-456789abcdef"],
  ])("may be %s", async (type, value, bound) => {
    const { client } = await open(
      `create table orders (id int, updated_at ${type}); insert into orders values (1, '${value}'), (2, null)`,
    );
    const first = await quietRead(shop!);
    expect(first.read.checkpoints.at(-1)?.state).toMatchObject({ bound });
    await client.query("insert into orders select 3, updated_at from orders where id = 1");
    expect((await next(shop!, first.read, "merged")).ids).toEqual([1, 3]);
  });

  test("that need not be selected", async () => {
    await open(orders);
    const { read } = await next(shop!, undefined, "merged", { columns: ["id"] });
    expect(read.rows[0]).toEqual({ id: "1" });
    expect(read.checkpoints.at(-1)?.state).toMatchObject({ bound: "2024-01-01 00:10:00+00" });
  });

  test.each(["json", "boolean", "interval", "int[]"])("may not be %s", async (type) => {
    await open(`create table orders (id int, updated_at ${type})`);
    await expect(next(shop!, undefined, "merged")).rejects.toMatchObject({ code: "postgres.cursor_unfit" });
  });
});

describe("a view", () => {
  const setup = `create table base (id int, updated_at timestamptz); create view orders as select * from base;
    insert into base select i, timestamptz '2024-01-01' + (i / 2) * interval '1 minute' from generate_series(1, 5) i`;

  test("gives ties once, and identical rows as often as they are new", async () => {
    const { client } = await open(setup);
    const first = await next(shop!, undefined, "forbidden");
    expect(first.ids).toEqual([1, 2, 3, 4, 5]);
    await client.query(
      "insert into base values (5, '2024-01-01 00:02Z'), (6, '2024-01-01 00:02Z'), (7, '2024-01-01 00:03Z'), (8, null)",
    );
    const second = await next(shop!, first.read, "forbidden");
    expect(second.ids).toEqual([5, 6, 7, 8]);
    await client.query("insert into base values (8, null), (9, null)");
    const third = await next(shop!, second.read, "forbidden");
    expect(third.ids).toEqual([8, 9]);
    expect((await next(shop!, third.read, "forbidden")).ids).toEqual([]);
  });

  test("reads ties and rows without a cursor again where rows may come again", async () => {
    const { client } = await open(setup);
    const first = await next(shop!, undefined, "merged");
    await client.query("insert into base values (8, null), (9, '2024-01-01 00:05Z')");
    expect((await next(shop!, first.read, "merged")).ids).toEqual([4, 5, 8, 9]);
  });

  test("takes no lookback where no row may come twice", async () => {
    await open(setup);
    const first = await next(shop!, undefined, "forbidden");
    await expect(next(shop!, first.read, "forbidden", { lookback: 1000 })).rejects.toMatchObject({ kind: "config" });
  });
});

describe("a state that the source no longer answers to is refused", () => {
  test("after the table was dropped and created again", async () => {
    const { client } = await open(orders);
    const first = await next(shop!, undefined, "merged");
    await client.query(`drop table orders; ${orders}`);
    await expect(next(shop!, first.read, "merged")).rejects.toMatchObject({
      kind: "data",
      code: "postgres.table_replaced",
      hint: expect.stringContaining("reset the state"),
    });
  });

  test("after the server went back in time, or is another one", async () => {
    await open(orders);
    const { read } = await next(shop!, undefined, "merged");
    const state = read.checkpoints.at(-1)!.state as JsonObject;
    const ahead = { ...state, snapshot: "99999999999:99999999999:" };
    await expect(next(shop!, undefined, "merged", { state: ahead })).rejects.toMatchObject({
      code: "postgres.history_lost",
    });
    const other = { ...state, system: "1" };
    await expect(next(shop!, undefined, "merged", { state: other })).rejects.toMatchObject({
      code: "postgres.server_replaced",
    });
    await expect(next(shop!, undefined, "merged", { state: { version: 2 } })).rejects.toMatchObject({
      code: "state.invalid",
    });
  });

  test("after the table was rewritten, where no row may come twice; VACUUM FULL is no such thing", async () => {
    const { client } = await open(orders);
    const first = await next(shop!, undefined, "forbidden");
    await client.query("vacuum full orders");
    const second = await next(shop!, first.read, "forbidden");
    expect(second.ids).toEqual([]);
    await client.query("alter table orders alter id type bigint");
    await expect(next(shop!, second.read, "forbidden")).rejects.toMatchObject({ code: "postgres.table_rewritten" });
    expect((await next(shop!, second.read, "merged")).ids).toHaveLength(10);
  });
});
