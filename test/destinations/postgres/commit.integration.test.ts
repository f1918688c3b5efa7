import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pack } from "../../../sdk/batch/pack.js";
import type { OpenDestination } from "../../../sdk/destination.js";
import { queryPostgres } from "../../support/query.js";
import { startTcpProxy } from "../../support/tcp-proxy.js";
import { column } from "./columns.js";
import { commitOf, load, nextLoadId, openDestination, run, targetOf, testDatabase } from "./destination-fixture.js";

const columns = [column("id", "int64!"), column("name", "string")];
const modes = ["append", "overwrite", "merge", "scd2"] as const;
let url: string;
let destination: OpenDestination;

beforeAll(async () => {
  url = await testDatabase("target_commit");
  destination = await openDestination(url);
});
afterAll(() => destination.close());

const idsOf = async (table: string) =>
  (await queryPostgres(url, `select id from warehouse.${table} order by 1`)).flat();
const killWriters = () =>
  queryPostgres(
    url,
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'sluice' and datname = current_database()`,
  );

/** A writer with one staged row, ready to commit. */
async function stagedWriter(table: string, mode: (typeof modes)[number], through = destination) {
  const writer = await through.begin(targetOf(table, mode));
  await writer.start(columns);
  const loadId = nextLoadId();
  await writer.startLoad(loadId);
  await writer.write(pack(columns, [{ id: 2, name: "staged" }]));
  await writer.flush();
  return { writer, loadId };
}

describe.each(modes)("a second writer, %s", (mode) => {
  it("fences the first one, whose open load is gone", async () => {
    const table = `fenced_${mode}`;
    await run(destination, targetOf(table, mode), columns, [{ id: 1, name: "first" }], "one");
    const { writer: zombie, loadId } = await stagedWriter(table, mode);
    const next = await destination.begin(targetOf(table, mode));
    expect(next.state).toBe("one");
    await expect(zombie.commit(commitOf(loadId, "zombie", mode === "overwrite", 1))).rejects.toMatchObject({
      kind: "transient",
      code: "destination.fenced",
    });
    await zombie.abort();
    await zombie.close();
    await next.start(columns);
    await load(next, columns, [{ id: 3, name: "next" }], { state: "two", publish: mode === "overwrite" });
    await next.close();
    expect(await idsOf(table)).toEqual(mode === "overwrite" ? ["3"] : ["1", "3"]);
  });

  it("fences one that has nothing open", async () => {
    const idle = await destination.begin(targetOf(`idle_${mode}`, mode));
    await idle.start(columns);
    await (await destination.begin(targetOf(`idle_${mode}`, mode))).close();
    await expect(idle.startLoad(nextLoadId())).rejects.toMatchObject({ code: "destination.fenced" });
    await idle.abort();
    await idle.close();
  });
});

it("a second writer ends one that stands still in its commit", async () => {
  const target = targetOf("still", "overwrite");
  await run(destination, target, columns, [{ id: 1, name: "first" }], "one");
  const reader = new pg.Client({ connectionString: url });
  await reader.connect();
  await reader.query("begin; select * from warehouse.still");
  const proxy = await startTcpProxy(url);
  const { writer: zombie, loadId } = await stagedWriter("still", "overwrite", await openDestination(proxy.url));
  const committing = zombie.commit(commitOf(loadId, "zombie", true, 1)).then(
    () => undefined,
    (error: unknown) => error,
  );
  const lock = "select from warehouse._sluice_state where stream = 'public.still' for update nowait";
  const refusal = () =>
    queryPostgres(url, lock).then(
      () => undefined,
      (error: pg.DatabaseError) => error.code,
    );
  await expect.poll(refusal).toBe("55P03");
  proxy.stall();
  await reader.query("commit");
  const next = await (await openDestination(url, { lock_timeout: 0.5 })).begin(target);
  expect(next.state).toBe("one");
  proxy.resume();
  expect(await committing).toMatchObject({ code: "destination.fenced" });
  await zombie.abort();
  await zombie.close();
  await next.close();
  await reader.end();
  await proxy.close();
  expect(await idsOf("still")).toEqual(["1"]);
});

describe.each(modes)("a connection that is lost, %s", (mode) => {
  const publish = mode === "overwrite";

  it("before the commit: nothing stands, and the next run goes on", async () => {
    const table = `lost_${mode}`;
    await run(destination, targetOf(table, mode), columns, [{ id: 1, name: "a" }], "one");
    const { writer, loadId } = await stagedWriter(table, mode);
    await killWriters();
    await expect(writer.commit(commitOf(loadId, "two", publish, 1))).rejects.toMatchObject({ kind: "transient" });
    await writer.abort();
    await writer.close();
    expect(await idsOf(table)).toEqual(["1"]);
    await run(destination, targetOf(table, mode), columns, [{ id: 2, name: "b" }], "two");
    expect(await idsOf(table)).toEqual(publish ? ["2"] : ["1", "2"]);
  });

  it("before the answer to COMMIT arrived: the commit is found to stand, and the writer goes on", async () => {
    const table = `sent_${mode}`;
    const proxy = await startTcpProxy(url);
    const through = await openDestination(proxy.url);
    const { writer, loadId } = await stagedWriter(table, mode, through);
    const cut = proxy.cutWhen({ direction: "in", pattern: "COMMIT\0", deliver: false });
    await writer.commit(commitOf(loadId, "two", publish, 1));
    await cut;
    expect(writer.state).toBe("two");
    await load(writer, columns, [{ id: 9, name: "after" }], { state: "three", publish });
    await writer.close();
    await proxy.close();
    expect(await idsOf(table)).toEqual(publish ? ["9"] : ["2", "9"]);
  });

  it("before COMMIT arrived: it is found not to stand", async () => {
    const table = `unsent_${mode}`;
    const proxy = await startTcpProxy(url);
    const { writer, loadId } = await stagedWriter(table, mode, await openDestination(proxy.url));
    const cut = proxy.cutWhen({ direction: "out", pattern: "COMMIT", deliver: false });
    await expect(writer.commit(commitOf(loadId, "two", publish, 1))).rejects.toMatchObject({
      code: "commit.not_applied",
    });
    await cut;
    await writer.abort();
    await writer.close();
    await proxy.close();
    expect(await queryPostgres(url, `select to_regclass('warehouse.${table}')`)).toEqual([[null]]);
    expect(
      (await destination.begin(targetOf(table, mode)).then(async (next) => [next.state, await next.close()]))[0],
    ).toBe(undefined);
  });
});

describe("a load", () => {
  it("is refused where its id stands already", async () => {
    const { loadId } = await run(destination, targetOf("replayed", "append"), columns, [{ id: 1, name: "a" }]);
    const writer = await destination.begin(targetOf("replayed", "append"));
    await writer.start(columns);
    await expect(writer.startLoad(loadId)).rejects.toMatchObject({ code: "load.replayed" });
    await writer.abort();
    await writer.close();
  });

  it("is taken back whole where the server dies in the middle of it", async () => {
    const writer = await destination.begin(targetOf("half", "append"));
    await writer.start(columns);
    await writer.startLoad(nextLoadId());
    const batch = pack(
      columns,
      Array.from({ length: 8000 }, (_, id) => ({ id, name: "x".repeat(200) })),
    );
    await writer.write(batch);
    await killWriters();
    const rest = async () => {
      for (let i = 0; i < 50; i++) await writer.write(batch);
      await writer.flush();
    };
    await expect(rest()).rejects.toMatchObject({ kind: "transient", code: "postgres.connection_lost" });
    await writer.abort();
    await writer.close();
    expect(await queryPostgres(url, "select to_regclass('warehouse.half')")).toEqual([[null]]);
  });

  it("names the column and the row that the server refuses", async () => {
    await queryPostgres(
      url,
      "create table warehouse.strict (id int8, name text check (name <> 'bad'), _sluice_load_id int8)",
    );
    const rows = [
      { id: 1, name: "good" },
      { id: 2, name: "bad" },
    ];
    await expect(run(destination, targetOf("strict", "append"), columns, rows)).rejects.toMatchObject({
      kind: "data",
      row: "row 2 of the load",
      stream: "public.strict",
    });
  });
});

describe("a table that somebody has locked", () => {
  it("is waited for, and then named with who holds it", async () => {
    const target = targetOf("locked", "overwrite");
    await run(destination, target, columns, [{ id: 1, name: "a" }]);
    const impatient = await openDestination(url, { lock_timeout: 0.5 });
    const reader = new pg.Client({ connectionString: url, application_name: "dashboard" });
    await reader.connect();
    await reader.query("begin; select * from warehouse.locked");
    await expect(run(impatient, target, columns, [{ id: 2, name: "b" }])).rejects.toMatchObject({
      kind: "transient",
      code: "destination.locked",
      message: expect.stringContaining("dashboard"),
    });
    setTimeout(() => void reader.query("commit"), 300);
    await run(destination, target, columns, [{ id: 2, name: "b" }]);
    expect(await idsOf("locked")).toEqual(["2"]);
    await reader.end();
  });
});

describe("readers while a table is overwritten", () => {
  it.each([false, true])("see all old rows or all new ones (a view stands on it: %s)", async (withView) => {
    const table = `read_${withView}`;
    const target = targetOf(table, "overwrite");
    const rows = (count: number) => Array.from({ length: count }, (_, id) => ({ id, name: "x" }));
    await run(destination, target, columns, rows(1000));
    if (withView) await queryPostgres(url, `create view warehouse.${table}_view as select * from warehouse.${table}`);
    const reader = new pg.Client({ connectionString: url });
    await reader.connect();
    const old = new pg.Client({ connectionString: url });
    await old.connect();
    await old.query("begin isolation level repeatable read; select 1");
    const count = async () => (await reader.query(`select count(*)::int as n from warehouse.${table}`)).rows[0].n;
    const seen = new Set<number>([await count()]);
    let done = false;
    const loading = run(destination, target, columns, rows(5000)).finally(() => {
      done = true;
    });
    while (!done) seen.add(await count());
    await loading;
    seen.add(await count());
    expect([...seen].sort()).toEqual([1000, 5000]);
    const { rows: late } = await old.query(`select count(*)::int as n from warehouse.${table}`);
    expect([1000, 5000]).toContain(late[0].n);
    await reader.end();
    await old.end();
  });
});
