import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { createDatabase } from "../support/database.js";
import { freePort } from "../support/free-port.js";
import { queryPostgres } from "../support/query.js";
import { type ProgramResult, runSluice, runSluiceProcess } from "../support/run-program.js";

const admin = inject("postgresUrl");
type Said = Pick<ProgramResult, "code" | "stdout" | "stderr">;
let source: string;
let target: string;

beforeAll(async () => {
  source = await createDatabase(admin, "first_sync_source");
  target = await createDatabase(admin, "first_sync_target");
  await queryPostgres(
    source,
    `create table orders (id int primary key, status text, total numeric(12,2));
     insert into orders select g, case when g % 2 = 0 then 'open' else 'paid' end, g * 1.5 from generate_series(1, 100) g;
     create table secrets (id int primary key);
     drop role if exists first_sync_reader;
     create role first_sync_reader login password 'right-pw';
     grant select on orders to first_sync_reader`,
  );
  await askForPassword("first_sync_reader");
});

describe("what goes wrong on a first copy", () => {
  it("a wrong password: who, where, and never the password", async () => {
    const result = await copied(urlOf("first_sync_reader", "wr0ng-pw"), target);
    expect(result).toMatchObject({ code: 3 });
    expect(errorOf(result)).toMatchObject({
      kind: "config",
      message: expect.stringContaining("first_sync_reader"),
      hint: expect.any(String),
    });
    expect(result.stdout + result.stderr).not.toContain("wr0ng-pw");
  });

  it("a server that does not answer: host and port, and that a retry may help", async () => {
    const port = await freePort();
    const result = await copied(`postgres://postgres@127.0.0.1:${port}/shop`, target);
    expect(result.code).toBe(4);
    expect(errorOf(result)).toMatchObject({
      kind: "transient",
      message: expect.stringContaining(`127.0.0.1:${port}`),
      hint: expect.any(String),
    });
  });

  it("a host that does not exist", async () => {
    const result = await copied("postgres://postgres@no-such-host.invalid/shop", target);
    expect(errorOf(result).message).toContain("no-such-host.invalid");
    expect([3, 4]).toContain(result.code);
  });

  it("a missing table: the nearest that there is", async () => {
    const result = await copied(source, target, "--stream", "public.ordres");
    expect(result.code).toBe(3);
    expect(errorOf(result)).toMatchObject({ code: "stream.not_found", hint: "did you mean 'public.orders'?" });
  });

  it("a missing grant: the statement that gives it", async () => {
    const reader = urlOf("first_sync_reader", "right-pw");
    const result = await copied(reader, target, "--stream", "public.secrets");
    expect(result.code).toBe(3);
    expect(errorOf(result)).toMatchObject({
      code: "postgres.no_grant",
      hint: 'let the owner run: GRANT SELECT ON TABLE "public"."secrets" TO "first_sync_reader";',
    });
  });

  it("a column that is not there", async () => {
    const result = await copied(
      source,
      target,
      "--stream",
      "public.orders",
      "--primary-key",
      "idd",
      "--write",
      "merge",
    );
    expect(errorOf(result)).toMatchObject({ code: "stream.no_column", hint: "did you mean 'id'?" });
  });

  it("shows people the same, without a stack", async () => {
    const result = await runSluice(["copy", source, target, "--stream", "public.ordres"]);
    expect(result.stdout).toContain("did you mean 'public.orders'?");
    expect(result.stdout + result.stderr).not.toMatch(/\n\s+at /);
  });
});

describe("a project that was never synced", () => {
  it.for(["plan", "check", "state show"])("%s leaves no file behind", async (command) => {
    const cwd = mkdtempSync(join(tmpdir(), "sluice-test-"));
    const project = {
      sources: { shop: { connector: "postgres", url: source } },
      destinations: { lake: { connector: "duckdb", path: "lake.duckdb" } },
      connections: { shop: { source: "shop", destination: "lake", streams: { "public.orders": {} } } },
    };
    writeFileSync(join(cwd, "sluice.yaml"), JSON.stringify(project));
    expect(await runSluice(command.split(" "), { cwd })).toMatchObject({ code: 0, stderr: "" });
    expect(readdirSync(cwd)).toEqual(["sluice.yaml"]);
  });
});

describe("sluice discover", () => {
  it("lists streams, columns, types, keys and cursors, and keeps the password to itself", async () => {
    const { code, stdout } = await runSluice(["discover", urlOf("first_sync_reader", "right-pw"), "--json"]);
    expect(code).toBe(0);
    expect(stdout).not.toContain("right-pw");
    const orders = JSON.parse(stdout).streams.find((one: { stream: string }) => one.stream === "public.orders");
    expect(orders).toMatchObject({ primary_key: ["id"], cursor_fields: expect.arrayContaining(["id"]) });
    expect(orders.columns[2]).toMatchObject({ name: "total", type: "decimal(12,2)", native_type: "numeric(12,2)" });
  });

  it("refuses a stream that is not there, with the nearest", async () => {
    const { code, stderr } = await runSluice(["discover", source, "--stream", "public.ordres"]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("did you mean 'public.orders'?") });
  });
});

describe("a full disk", () => {
  const disk = mkdtempSync(join(tmpdir(), "sluice-disk-"));
  let mounted = false;
  beforeAll(() => {
    mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", disk]).status === 0;
  });
  afterAll(() => {
    if (mounted) spawnSync("umount", [disk]);
  });

  it.for(["x.duckdb", "folder", "x.csv"])("under %s is said so, and may be retried", async (name, { skip }) => {
    skip(!mounted, "only root may mount a small disk");
    await queryPostgres(
      source,
      "create or replace view wide as select g as id, md5(g::text) || md5((-g)::text) as text from generate_series(1, 200000) g",
    );
    const args = ["copy", source, join(disk, name), "--json", "--stream", "public.wide"];
    const result = await runSluiceProcess(args);
    expect(result.code).toBe(4);
    expect(errorOf(result)).toMatchObject({ kind: "transient", hint: expect.stringMatching(/free (some )?space/) });
  });
});

describe("the first project", () => {
  it("runs as it is, and answers the query it proposes", async () => {
    const cwd = mkdtempSync(join(tmpdir(), "sluice-test-"));
    const init = await runSluice(["init"], { cwd });
    const proposed = /sluice query "(.*)"/.exec(init.stdout)![1]!;
    expect(await runSluiceProcess(["sync"], { cwd })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("2 streams, 13 rows"),
    });
    const { code, stdout } = await runSluice(["query", proposed, "--csv"], { cwd });
    expect(code).toBe(0);
    expect(stdout.trim().split("\r\n").sort()).toContain("IT,2,422.60");
  });

  it("tells who holds a DuckDB file", async () => {
    const cwd = mkdtempSync(join(tmpdir(), "sluice-test-"));
    await runSluice(["init"], { cwd });
    const holder = await DuckDBInstance.create(join(cwd, "warehouse.duckdb"));
    await (await holder.connect()).run("create table t (i int)");
    try {
      const result = await runSluiceProcess(["sync"], { cwd });
      expect(result.code).toBe(4);
      expect(result.stdout).toContain(`process ${process.pid}`);
    } finally {
      holder.closeSync();
    }
  });
});

describe("a signal", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 5],
  ] as const)("%s rolls back, prints the report and ends with %d", async (signal, code) => {
    await queryPostgres(
      source,
      "create or replace view slow as select g as id, pg_sleep(0.01) is null as nap from generate_series(1, 100000) g",
    );
    const args = ["copy", source, target, "--stream", "public.slow", "--json"];
    const result = await runSluiceProcess(args, { killAt: { when: reading, signal } });
    expect(result.code).toBe(code);
    expect(JSON.parse(result.stdout)).toMatchObject({ status: "cancelled", exit_code: code });
    expect(await queryPostgres(target, "select to_regclass('slow')")).toEqual([[null]]);
  });
});

describe("a project", () => {
  it("is checked, planned, synced, queried, and its state shown, rewound, exported and put back", async () => {
    const cwd = mkdtempSync(join(tmpdir(), "sluice-test-"));
    writeFileSync(join(cwd, ".env"), `SOURCE_URL=${source}\nTARGET_URL=${target}\n`);
    writeFileSync(
      join(cwd, "sluice.yaml"),
      `sources:
  shop: { connector: postgres, url: "\${SOURCE_URL}" }
destinations:
  warehouse: { connector: postgres, url: "\${TARGET_URL}" }
connections:
  shop:
    source: shop
    destination: warehouse
    streams:
      public.orders: { read: incremental, cursor: id, filter: status = 'open' }
`,
    );
    const sluice = async (...args: string[]) => {
      const result = await runSluice([...args, "--json"], { cwd });
      expect(result).toMatchObject({ code: 0 });
      return JSON.parse(result.stdout);
    };
    expect(await sluice("check")).toMatchObject({ status: "succeeded" });
    const [before] = (await sluice("plan")).connections[0].streams;
    expect(before).toMatchObject({
      table: "shop.orders",
      read_mode: "incremental",
      write_mode: "merge",
      from_state: null,
    });
    expect(before.ddl[0]).toMatch(/^create table "shop"\."orders" \("id" integer not null, /);
    expect((await sluice("state", "show")).states).toEqual([]);

    const report = await sluice("sync");
    expect(report).toMatchObject({ status: "succeeded", exit_code: 0 });
    expect(report.connections[0].streams[0]).toMatchObject({
      stream: "public.orders",
      read: 50,
      written: 50,
      error: null,
    });
    const count = "select count(*) as orders, sum(total) as total from shop.orders";
    expect((await sluice("query", count)).rows).toEqual([{ orders: 50, total: "3825.00" }]);

    await queryPostgres(
      source,
      "alter table orders add column note text; insert into orders values (102, 'open', 1, 'new')",
    );
    const [after] = (await sluice("plan")).connections[0].streams;
    expect(after).toMatchObject({
      from_state: expect.any(Object),
      ddl: [`alter table "shop"."orders" add column "note" text`],
    });
    await sluice("sync");
    const [state] = (await sluice("state", "show")).states;
    expect(state.history).toHaveLength(2);

    const exported = (await runSluice(["state", "export"], { cwd })).stdout;
    await sluice("state", "rewind", "shop", "--load", String(state.history[1].load_id));
    expect((await sluice("state", "show")).states[0].state).toEqual(state.history[1].state_after);
    await sluice("state", "reset", "shop", "--stream", "public.orders");
    writeFileSync(join(cwd, "states.json"), exported);
    await sluice("state", "import", "states.json");
    expect((await sluice("state", "show")).states[0].state).toEqual(state.state);
    await sluice("state", "set", "shop", JSON.stringify(state.history[1].state_after));
    expect((await sluice("state", "show")).states[0].state).toEqual(state.history[1].state_after);
    await sluice("sync");
    expect((await sluice("query", count)).rows).toEqual([{ orders: 51, total: "3826.00" }]);
  });
});

function copied(from: string, to: string, ...options: string[]): Promise<Said> {
  return runSluice(["copy", from, to, "--json", ...options]);
}

/** The error of a failed copy, wherever it struck. */
function errorOf({ stdout }: Said) {
  const document = JSON.parse(stdout);
  const [connection] = document.connections ?? [];
  return document.error ?? connection.error ?? connection.streams[0].error;
}

function urlOf(user: string, password: string): string {
  const url = new URL(source);
  url.username = user;
  url.password = password;
  return url.href;
}

/** Resolves when a session of the source reads the view that sleeps. */
async function reading(): Promise<void> {
  const sessions =
    "select count(*) from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()";
  await expect.poll(async () => Number((await queryPostgres(source, sessions))[0]?.[0])).toBeGreaterThan(0);
}

/** Makes the server ask one role for its password, and trust the others as before. */
async function askForPassword(role: string): Promise<void> {
  await queryPostgres(
    admin,
    `do $$
     declare path text := current_setting('hba_file'); rules text := pg_read_file(path);
     begin
       if position('${role}' in rules) = 0 then
         execute format('copy (select line from regexp_split_to_table(%L, E''\\n'') line) to %L', 'host all ${role} all scram-sha-256' || E'\\n' || rules, path);
       end if;
     end $$`,
  );
  await queryPostgres(admin, "select pg_reload_conf()");
  // The server takes its rules in some time later.
  const isRefused = () =>
    queryPostgres(urlOf(role, "none"), "select 1").then(
      () => false,
      () => true,
    );
  await vi.waitUntil(isRefused, { timeout: 120_000, interval: 20 });
}
