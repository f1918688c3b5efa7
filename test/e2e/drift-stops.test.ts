import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, inject, it } from "vitest";
import { createDatabase } from "../support/database.js";
import { queryDuckdb, queryPostgres } from "../support/query.js";
import { runSluice } from "../support/run-program.js";

let cwd: string;
let source: string;

beforeEach(async () => {
  cwd = mkdtempSync(join(tmpdir(), "sluice-drift-"));
  source = await createDatabase(inject("postgresUrl"), "drift_stops");
  await change(`create table orders (id int primary key, total int not null, at timestamptz not null, spare text not null);
    insert into orders values (1, 10, '2024-01-01', 'a'), (2, 20, '2024-01-02', 'b')`);
  project({ source: { connector: "postgres", url: source }, stream: "public.orders", options: {} });
});

describe("a change at an identified source", () => {
  it("that would break a view is planned with its name, and stopped with it", async () => {
    expect(await sync()).toMatchObject({ code: 0 });
    await sluice("query", "create view totals as select sum(total) as total from orders");
    await change("alter table orders rename column total to total_usd");
    const views = ['"main"."totals"'];
    const planned = await sluice("plan", "--json");
    expect(planned.document.connections[0].streams[0]).toMatchObject({ views_broken: views, error: null });
    project({ source: { connector: "postgres", url: source }, stream: "public.orders", options: { drift: "freeze" } });
    const frozen = await sluice("plan", "--json");
    const told = { code: "drift.frozen", hint: expect.stringContaining(`Views that it would break: ${views[0]}`) };
    expect(frozen.document.connections[0].streams[0]).toMatchObject({ views_broken: views, error: told });
    expect((await sync()).stream.error).toMatchObject(told);
  });

  it("follows a renamed column with its history, and keeps one that was dropped", async () => {
    expect(await sync()).toMatchObject({ code: 0 });
    await change(`alter table orders rename column total to total_usd; alter table orders drop column spare;
      insert into orders values (3, 30, '2024-01-03')`);
    const planned = await sluice("plan", "--json");
    expect(planned.document.connections[0].streams[0]).toMatchObject({
      ddl: [expect.stringContaining('RENAME COLUMN "total" TO "total_usd"'), expect.stringContaining("DROP NOT NULL")],
      drift: [{ column_name: "total_usd" }, { column_name: "spare", change: "gone from the source" }],
    });
    const { code, stream } = await sync();
    expect({ code, drift: stream.drift.map(({ change }: { change: string }) => change) }).toEqual({
      code: 0,
      drift: ["renamed from 'total' to 'total_usd'", "gone from the source"],
    });
    expect(await rows("select id, total_usd, spare from orders order by id")).toEqual([
      ["1", "10", "a"],
      // Read again, for its cursor is the greatest, and merged without losing it.
      ["2", "20", "b"],
      ["3", "30", null],
    ]);
    const { document } = await sluice("drift", "--json");
    expect(document.connections[0]).toMatchObject({ pending: [], renames: [], error: null });
    expect(document.connections[0].decided.map(({ column_name: name }: { column_name: string }) => name)).toEqual([
      "total_usd",
      "spare",
    ]);
    expect((await sync()).stream.drift).toEqual([]);
  });

  it("stops at a table that was made anew, until somebody says how to go on", async () => {
    await sync();
    await change(`drop table orders; create table orders (id int primary key, total int not null, at timestamptz not null,
      spare text); insert into orders values (3, 30, '2024-01-03', 'c')`);
    const stopped = await sync();
    expect(stopped).toMatchObject({ code: 9, stream: { error: { code: "drift.table_recreated" } } });
    expect(stopped.stream.error.hint).toContain("sluice drift accept shop --stream public.orders");
    expect(await sluice("drift", "accept", "shop", "--stream", "public.orders", "--yes")).toMatchObject({ code: 0 });
    expect(await sync()).toMatchObject({ code: 0 });
    expect(await rows("select id from orders order by id")).toEqual([["1"], ["2"], ["3"]]);
  });

  it("stops at another primary key", async () => {
    await sync();
    await change("alter table orders drop constraint orders_pkey; alter table orders add primary key (id, total)");
    expect(await sync()).toMatchObject({ code: 9, stream: { error: { code: "drift.primary_key" } } });
    await change("alter table orders drop constraint orders_pkey");
    expect(await sync()).toMatchObject({ code: 9, stream: { error: { code: "drift.primary_key" } } });
  });

  it("stops where the cursor is gone, and follows it under another name", async () => {
    await sync();
    await change(
      "alter table orders rename column at to changed_at; insert into orders values (3, 30, '2024-01-03', 'c')",
    );
    expect(await sync()).toMatchObject({ code: 0, stream: { written: 1 } });
    await change("alter table orders drop column changed_at");
    expect(await sync()).toMatchObject({ code: 9, stream: { error: { code: "drift.cursor_column" } } });
  });
});

describe("a table whose source is gone", () => {
  it("stops alone: the others are loaded and verified, and a plan says so", async () => {
    await change("create table items (id int primary key, at timestamptz default now()); insert into items values (1)");
    const options = { read: "incremental", write: "merge", cursor: "at" };
    const streams = { "public.orders": options, "public.items": options };
    const file = {
      sources: { shop: { connector: "postgres", url: source } },
      destinations: { lake: { connector: "duckdb", path: "lake.duckdb" } },
      connections: { shop: { source: "shop", destination: "lake", schema: "main", streams } },
    };
    writeFileSync(join(cwd, "sluice.yaml"), JSON.stringify(file));
    expect(await sluice("sync", "--json")).toMatchObject({ code: 0 });
    await change("drop table orders; insert into items values (2)");
    const plan = await sluice("plan", "--json");
    expect(plan).toMatchObject({ code: 3 });
    const lost = { stream: "public.orders", error: { code: "stream.not_found" } };
    expect(plan.document.connections[0]).toMatchObject({ error: null, streams: [lost, { stream: "public.items" }] });
    const { code, document } = await sluice("sync", "--json");
    expect(code).toBe(8);
    expect(document.connections[0]).toMatchObject({
      error: null,
      streams: [
        { ...lost, table: "main.orders", status: "failed", written: 0 },
        { stream: "public.items", status: "succeeded" },
      ],
    });
    expect(await rows("select (select count(*) from orders), (select count(*) from items)")).toEqual([["2", "2"]]);
    const verified = await sluice("verify", "--json");
    expect(verified).toMatchObject({ code: 3 });
    expect(verified.document.connections[0]).toMatchObject({
      error: null,
      streams: [
        { ...lost, table: "main.orders", status: "failed" },
        { stream: "public.items", status: "same" },
      ],
    });
  });

  it("is told of its key by a plan as by a sync", async () => {
    await sync();
    await change("alter table orders drop column id");
    for (const command of ["plan", "sync"]) {
      const { code, document } = await sluice(command, "--json");
      expect({ code, error: document.connections[0].streams[0].error.code }, command).toEqual({
        code: 9,
        error: "drift.primary_key",
      });
    }
  });
});

describe("a change at a source without identities", () => {
  const data = (header: string, ...lines: string[]) =>
    writeFileSync(join(cwd, "orders.csv"), `${[header, ...lines].join("\n")}\n`);

  it("proposes a rename that type, place and values speak for, and makes it when it is confirmed", async () => {
    const file = { connector: "file", path: "orders.csv" };
    project({ source: file, stream: "orders", options: { read: "full_refresh", write: "merge", primary_key: ["id"] } });
    data("id,total", "1,10", "2,20");
    expect(await sync()).toMatchObject({ code: 0 });
    data("id,total_usd", "1,10", "3,30");
    const rename = { from: "total", to: "total_usd" };
    for (const command of ["plan", "drift"]) {
      const { connections } = (await sluice(command, "--json")).document;
      const { renames } = command === "plan" ? connections[0].streams[0] : connections[0];
      expect(renames).toMatchObject([
        { ...rename, because: ["the same type", "the same position", "1 of 1 values are equal"] },
      ]);
    }
    const accept = ["drift", "accept", "shop", "--stream", "orders", "--yes", "--rename"];
    expect(await sluice(...accept, "total=totl_usd")).toMatchObject({ code: 2 });
    expect(await sluice(...accept, "total=total_usd")).toMatchObject({ code: 0 });
    expect(await sync()).toMatchObject({ code: 0 });
    expect(await rows("select id, total_usd from orders order by id")).toEqual([
      ["1", "10"],
      ["2", "20"],
      ["3", "30"],
    ]);
  });
});

function project({ source: from, stream, options }: { source: object; stream: string; options: object }): void {
  const incremental = { read: "incremental", write: "merge", ...options };
  const file = {
    sources: { shop: from },
    destinations: { lake: { connector: "duckdb", path: "lake.duckdb" } },
    connections: { shop: { source: "shop", destination: "lake", schema: "main", streams: { [stream]: incremental } } },
  };
  writeFileSync(join(cwd, "sluice.yaml"), JSON.stringify(file));
}

async function sluice(...args: string[]) {
  const { code, stdout } = await runSluice(args, { cwd });
  return { code, document: stdout.startsWith("{") ? JSON.parse(stdout) : undefined };
}

async function sync() {
  const { code, document } = await sluice("sync", "--json");
  return { code, stream: document.connections[0].streams[0] };
}

const change = (sql: string) => queryPostgres(source, sql);
const rows = (sql: string) => queryDuckdb(join(cwd, "lake.duckdb"), sql);
