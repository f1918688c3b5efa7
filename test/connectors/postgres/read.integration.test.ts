import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import postgres from "../../../connectors/postgres/index.js";
import type { JsonObject } from "../../../sdk/json.js";
import type { ReadRequest } from "../../../sdk/source.js";
import { readRequest, readStream } from "../../../sdk/testing/read-stream.js";
import { olderTransactionsEnded } from "../../support/database.js";
import { openShop, readUntil, type Shop } from "./shop.js";

let shop: Shop;

beforeAll(async () => {
  shop = await openShop(
    "source_read",
    `create table items (id int primary key, quantity int not null, note text, changed timestamptz not null default now());
     alter table items set (autovacuum_enabled = off);
     insert into items select i, i % 7, repeat('x', 200), timestamptz '2024-01-01' + i * interval '1 second' from generate_series(1, 60000) i;
     create view slow as select pg_sleep(200)::text as s from generate_series(1, 3)`,
  );
});
afterAll(() => shop.close());

const idle = `select count(*) from pg_stat_activity where datname = current_database() and application_name = 'sluice' and state <> 'idle'`;

async function openTransactions(): Promise<number> {
  return Number((await shop.client.query(idle)).rows[0].count);
}

/** Backends that compute the view that sleeps. */
async function sleepers(): Promise<number> {
  const query = "select count(*) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'";
  return Number((await shop.client.query(query)).rows[0].count);
}

/** Waits until a query gives a number. */
async function until(count: () => Promise<number>, wanted: number): Promise<void> {
  await expect.poll(count).toBe(wanted);
}

describe("a read in parallel", () => {
  test("sees one snapshot while rows change under it", async () => {
    const writer = await shop.connect();
    let stop = false;
    const writing = (async () => {
      for (let i = 0; !stop; i++) {
        // Moves quantity between two rows, so that the sum stays; and moves the rows' places.
        const [from, to] = [(i * 7919) % 60_000, (i * 104_729 + 1) % 60_000].map((id) => id + 1);
        if (from === to) continue;
        await writer.query(
          `update items set quantity = quantity + case id when ${from} then 1 else -1 end where id in (${from}, ${to})`,
        );
      }
    })();
    const sum = Number((await shop.client.query("select sum(quantity) from items")).rows[0].sum);
    for (let round = 0; round < 3; round++) {
      const { rows } = await shop.read("public.items", { parallelism: 3, columns: ["id", "quantity"] });
      expect(rows).toHaveLength(60_000);
      expect(new Set(rows.map(({ id }) => id)).size).toBe(60_000);
      expect(rows.reduce((total, { quantity }) => total + Number(quantity), 0)).toBe(sum);
    }
    stop = true;
    await writing;
  });

  test("of a partitioned table gives each partition's rows once, its schema's columns by name", async () => {
    await shop.client.query(`
      create table facts (day date not null, id int, gone int, note text) partition by range (day);
      alter table facts drop column gone;
      create table facts_a partition of facts for values from ('2024-01-01') to ('2024-02-01');
      create table facts_b (note text, id int, day date not null);
      alter table facts attach partition facts_b for values from ('2024-02-01') to ('2024-03-01');
      create table facts_rest partition of facts default partition by hash (id);
      create table facts_rest_0 partition of facts_rest for values with (modulus 1, remainder 0);
      insert into facts select date '2024-01-01' + i, i, 'n' || i from generate_series(0, 99) i`);
    const { streams } = await shop.source.discover();
    expect(streams.map(({ name }) => name).filter((name) => name.startsWith("facts"))).toEqual(["facts"]);
    for (const parallelism of [1, 3]) {
      const { rows } = await shop.read("public.facts", { parallelism });
      expect(rows).toHaveLength(100);
      expect(rows.find(({ id }) => id === "35")).toEqual({ day: "2024-02-05", id: "35", note: "n35" });
    }
  });

  test("leaves no connection busy", async () => {
    await shop.read("public.items", { parallelism: 2 });
    expect(await openTransactions()).toBe(0);
  });
});

describe("a first incremental read", () => {
  const request = { mode: "incremental", cursorField: "changed", rereads: "merged" } as const;

  test("goes on from every checkpoint of a killed one, and misses nothing that changed meanwhile", async () => {
    await shop.client.query(
      "drop table if exists growing; create table growing (like items including all); insert into growing select * from items",
    );
    await olderTransactionsEnded(shop.client);
    const stream = await shop.stream("public.growing");
    const whole = await readStream(shop.source, readRequest(stream, { ...request, parallelism: 2 }));
    expect(whole.checkpoints.length).toBeGreaterThan(3);
    for (const [number, checkpoint] of [...whole.checkpoints.entries()].slice(0, -1)) {
      const known = new Map(whole.rows.slice(0, checkpoint.rows).map((row) => [row.id, row]));
      await shop.client.query(`
        update growing set note = 'round ${number}' where id % 1000 = ${number};
        insert into growing values (${70_000 + number}, 0, 'new', '2023-01-01')`);
      const rest = await readStream(
        shop.source,
        readRequest(stream, { ...request, parallelism: 2, state: checkpoint.state }),
      );
      for (const row of rest.rows) known.set(row.id, row);
      const { rows } = await shop.client.query("select id, note from growing");
      expect(known.size).toBe(rows.length);
      expect(rows.every(({ id, note }) => known.get(id)?.note === note)).toBe(true);
      const first = whole.checkpoints[0]!;
      if (checkpoint === first) expect(rest.rows.length).toBeLessThan(whole.rows.length);
    }
  });

  test("starts over where the table's file or the selection is another one", async () => {
    const stream = await shop.stream("public.growing");
    const messages = await readUntil(shop.source, readRequest(stream, request), ({ type }) => type === "checkpoint");
    const last = messages.at(-1);
    const state = last?.type === "checkpoint" ? last.state : null;
    const total = Number((await shop.client.query("select count(*) from growing")).rows[0].count);
    const other = await readStream(shop.source, readRequest(stream, { ...request, state, columns: ["id"] }));
    expect(other.rows).toHaveLength(total);
    await shop.client.query("vacuum full growing");
    const moved = await readStream(shop.source, readRequest(stream, { ...request, state }));
    expect(moved.rows).toHaveLength(total);
  });
});

describe("a read that is given up", () => {
  test("by its signal ends at once, even while the server computes, and the backend with it", async () => {
    const controller = new AbortController();
    const stream = await shop.stream("public.slow");
    const reading = readStream(shop.source, readRequest(stream, { signal: controller.signal }));
    await until(sleepers, 1);
    controller.abort(new Error("enough"));
    await expect(reading).rejects.toThrow("enough");
    await until(openTransactions, 0);
  });

  test("by its consumer leaves nothing running, and the source can go on", async () => {
    const stream = await shop.stream("public.items");
    const wanted = readRequest(stream, { parallelism: 2, batch: { rows: 10, bytes: 100_000 } });
    expect(await readUntil(shop.source, wanted, () => true)).toHaveLength(1);
    await until(openTransactions, 0);
    expect((await shop.read("public.items")).rows).toHaveLength(60_000);
  });

  test("by the server is transient", async () => {
    const stream = await shop.stream("public.slow");
    const reading = readStream(shop.source, readRequest(stream));
    const refused = expect(reading).rejects.toMatchObject({ kind: "transient" });
    await until(sleepers, 1);
    await shop.client.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where query like 'copy%slow%' and pid <> pg_backend_pid()",
    );
    await refused;
  });

  test("closing the source while it reads ends it", async () => {
    const source = await postgres.open(postgres.config.parse({ url: shop.url }), shop.context);
    const reading = readStream(source, readRequest(await shop.stream("public.slow")));
    const refused = expect(reading).rejects.toThrow();
    await until(sleepers, 1);
    await source.close();
    await refused;
    await until(openTransactions, 0);
  });
});

test("a slow consumer holds the server back", async () => {
  const stream = await shop.stream("public.items");
  const batches = shop.source
    .read(readRequest(stream, { batch: { rows: 8192, bytes: 64 * 1024 } }))
    [Symbol.asyncIterator]();
  await batches.next();
  const activity = "select wait_event from pg_stat_activity where query like 'copy%items%' and pid <> pg_backend_pid()";
  await expect.poll(async () => (await shop.client.query(activity)).rows[0]?.wait_event).toBe("ClientWrite");
  await batches.return?.();
});

test("one value of 50 MB comes whole", async () => {
  await shop.client.query(
    "create table large (id int, v text); insert into large values (1, 'a'), (2, repeat('é', 25000000)), (3, 'c')",
  );
  const { rows, batches } = await shop.read("public.large");
  expect(rows.map(({ v }) => v?.length)).toEqual([1, 25_000_000, 1]);
  expect(batches.length).toBeGreaterThan(1);
  await shop.client.query("drop table large");
});

test("a column that changed its type since it was discovered is announced", async () => {
  await shop.client.query("create table shifting (id int, v int); insert into shifting values (1, 2)");
  const stream = await shop.stream("public.shifting");
  await shop.client.query("alter table shifting alter v type text");
  const messages = await readUntil(shop.source, readRequest(stream), () => false);
  expect(messages.map(({ type }) => type)).toEqual(["schema", "batch", "checkpoint"]);
});

test("a row count that the server does not confirm would be an error; an empty table is none", async () => {
  await shop.client.query("create table nothing (id int)");
  const read = await shop.read("public.nothing");
  expect(read.rows).toEqual([]);
  expect(read.last?.type).toBe("checkpoint");
});

describe("queries", () => {
  let other: Shop | undefined;
  afterEach(async () => await other?.close());

  const open = async (queries: JsonObject, overrides: Partial<ReadRequest> = {}) => {
    other = await openShop(
      "source_queries",
      "create table t (id int, at timestamp); insert into t select i, timestamp '2024-01-01' + i * interval '1 day' from generate_series(1, 5) i",
      { queries },
    );
    return await other.read("recent", overrides);
  };

  test("are streams of their own", async () => {
    const { rows } = await open({ recent: "select id * 2 as double, at from t where id > 3 -- the last;\n ;" });
    expect(rows.map(({ double }) => double)).toEqual(["8", "10"]);
  });

  test("can be read incrementally, with filters", async () => {
    const request = {
      mode: "incremental",
      cursorField: "at",
      filter: [{ column: "id", operator: "<>", values: ["2"] }],
    } as const;
    const first = await open({ recent: "select * from t" }, request);
    expect(first.rows.map(({ id }) => id)).toEqual(["1", "3", "4", "5"]);
    await other!.client.query("insert into t values (6, '2024-01-06'), (2, '2024-01-07')");
    const second = await other!.read("recent", { ...request, state: first.checkpoints.at(-1)!.state });
    expect(second.rows.map(({ id }) => id)).toEqual(["6"]);
  });

  test("that are wrong are refused by check, and by the server's words", async () => {
    other = await openShop("source_queries", "select 1", { queries: { bad: "select nonsense" } });
    await expect(other.source.check()).rejects.toMatchObject({ kind: "config", code: "postgres.column_missing" });
  });
});
