import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { beforeAll, describe, expect, inject, it } from "vitest";
import type { StreamOptions } from "../../core/sync/plan.js";
import { createDatabase } from "../support/database.js";
import { queryPostgres } from "../support/query.js";
import { runOnce, type Scenario, startRun } from "../support/scenario.js";
import { type Target, targetKinds, targets } from "../support/targets.js";

/** Of each writer while syncs run; more in the long form. */
const transactions = process.env.SLUICE_LONG_TESTS === "1" ? 30 : 5;

// A cursor says what is new; these are the ways in which it is wrong, and the rows must come all the same.
describe.each(targetKinds)("incremental reads into %s", (kind) => {
  let url: string;

  beforeAll(async () => {
    url = await createDatabase(inject("postgresUrl"), `cursor_${kind}`);
  });

  interface Sync {
    readonly target: Target;
    readonly scenario: Scenario;
    run(): Promise<void>;
    /** The ids in the target, sorted, doubles included. */
    ids(): Promise<number[]>;
  }

  function sync(table: string, options: StreamOptions): Sync {
    const target = targets[kind](url);
    const scenario: Scenario = {
      source: { connector: "postgres", config: { url } },
      stream: `public.${table}`,
      options: { read: "incremental", ...options },
      ...target.place,
    };
    return {
      target,
      scenario,
      async run() {
        const report = await runOnce(scenario);
        expect(report.connections[0]?.streams[0]?.error).toBe(null);
        expect(report).toMatchObject({ status: "succeeded" });
      },
      async ids() {
        const rows = await target.query(`select id from ${target.relation(table)}`);
        return rows.map(([id]) => Number(id)).sort((a, b) => a - b);
      },
    };
  }

  const writes = ["merge", "append"] as const;
  const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

  it.each(writes)(
    "take a row whose transaction was open at the last sync and is older than its cursor (%s)",
    async (write) => {
      const table = `late_${write}`;
      await queryPostgres(url, `create table ${table} (id int primary key, at timestamptz not null default now())`);
      const late = new pg.Client({ connectionString: url });
      await late.connect();
      await late.query(`begin; insert into ${table} values (1)`);
      await queryPostgres(url, `insert into ${table} values (2)`);
      const { run, ids } = sync(table, { write, cursor: "at" });
      await run();
      expect(await ids()).toEqual([2]);
      await queryPostgres(url, `insert into ${table} values (3)`);
      await late.query("commit");
      await late.end();
      await run();
      expect(await ids()).toEqual([1, 2, 3]);
      await run();
      expect(await ids()).toEqual([1, 2, 3]);
    },
  );

  it("take a row of a transaction that had not written yet at the last sync", async () => {
    await queryPostgres(
      url,
      "create table idle (id int primary key, at timestamptz not null default now()); create index on idle (at)",
    );
    const late = new pg.Client({ connectionString: url });
    await late.connect();
    await late.query("begin; select now()");
    await sleep(20);
    await queryPostgres(url, "insert into idle values (2)");
    const { run, ids } = sync("idle", { write: "merge", cursor: "at" });
    await run();
    await late.query("insert into idle values (1); commit");
    await late.end();
    await run();
    expect(await ids()).toEqual([1, 2]);
  });

  it("lose nothing under eight writers that commit late while syncs run", async () => {
    await queryPostgres(
      url,
      "create table busy (id serial primary key, at timestamptz not null default now()); create index on busy (at)",
    );
    const { run, ids } = sync("busy", { write: "merge", cursor: "at" });
    let writing = 8;
    const writers = Array.from({ length: writing }, async () => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      try {
        for (let transaction = 0; transaction < transactions; transaction++) {
          await client.query("begin; insert into busy default values");
          await sleep(Math.random() * 1000);
          await client.query("insert into busy default values; commit");
        }
      } finally {
        writing -= 1;
        await client.end();
      }
    });
    while (writing > 0) await run();
    await Promise.all(writers);
    await run();
    const inSource = (await queryPostgres(url, "select id from busy order by id")).map(([id]) => Number(id));
    expect(inSource.length).toBe(8 * transactions * 2);
    expect(await ids()).toEqual(inSource);
  });

  it.each(writes)("take 10,000 equal cursor values once each, killed among them (%s)", async (write) => {
    const table = `ties_${write}`;
    await queryPostgres(
      url,
      `create table ${table} (id int primary key, at timestamptz not null);
       insert into ${table} select g, '2026-01-01' from generate_series(1, 10000) g`,
    );
    const { scenario, run, ids } = sync(table, { write, cursor: "at" });
    const running = startRun(scenario, { at: "write:after#1" });
    await running.ended;
    await run();
    await queryPostgres(url, `insert into ${table} select g, '2026-01-01' from generate_series(10001, 10100) g`);
    await run();
    await run();
    expect(await ids()).toEqual(upTo(10_100));
  });

  it.each(writes)("deliver rows whose cursor is null, once each (%s)", async (write) => {
    const table = `nulls_${write}`;
    await queryPostgres(
      url,
      `create table ${table} (id int primary key, at timestamptz); insert into ${table} values (1, now()), (2, null)`,
    );
    const { run, ids } = sync(table, { write, cursor: "at" });
    await run();
    await queryPostgres(url, `insert into ${table} values (3, null), (4, now())`);
    await run();
    await run();
    expect(await ids()).toEqual([1, 2, 3, 4]);
  });

  it("tell stamps apart that differ by a microsecond, in any session time zone and both times of a clock change", async () => {
    await queryPostgres(url, `create table fine (id int primary key, at timestamptz not null)`);
    const { run, ids } = sync("fine", { write: "append", cursor: "at" });
    const insert = (id: number, at: string) =>
      queryPostgres(url, `set timezone to 'Europe/Berlin'; insert into fine values (${id}, '${at}')`);
    await insert(1, "2026-10-25 02:30:00.000001+02");
    await run();
    await insert(2, "2026-10-25 02:30:00.000002+02");
    await insert(3, "2026-10-25 02:30:00+01");
    await queryPostgres(url, `alter database ${new URL(url).pathname.slice(1)} set timezone to 'America/New_York'`);
    await run();
    await run();
    expect(await ids()).toEqual([1, 2, 3]);
  });

  it("take a row stamped by a clock that went back an hour, within the lookback", async () => {
    await queryPostgres(
      url,
      `create table clock (id int primary key, at timestamp not null); create view clock_view as select * from clock`,
    );
    await queryPostgres(url, "insert into clock values (1, '2026-05-05 12:00')");
    const { run, target } = sync("clock_view", {
      write: "merge",
      cursor: "at",
      primaryKey: ["id"],
      lookback: 2 * 3_600_000,
    });
    await run();
    await queryPostgres(url, "insert into clock values (2, '2026-05-05 11:00'), (3, '2026-05-05 09:00')");
    await run();
    const rows = await target.query(`select id from ${target.relation("clock_view")} order by id`);
    expect(rows.flat()).toEqual(["1", "2"]);
  });

  it("take a cursor column that was widened, or stop and say why", async () => {
    await queryPostgres(
      url,
      "create table grows (id int primary key, n int not null); insert into grows values (1, 1), (2, 2)",
    );
    const { run, ids } = sync("grows", { write: "merge", cursor: "n" });
    await run();
    await queryPostgres(url, "alter table grows alter n type bigint; insert into grows values (3, 5000000000)");
    await run();
    expect(await ids()).toEqual([1, 2, 3]);
  });
});
