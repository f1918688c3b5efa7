import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { queryDuckdb } from "../support/query.js";
import { runSluice } from "../support/run-program.js";

const cwd = mkdtempSync(join(tmpdir(), "sluice-state-"));

/** The states as they stand, by stream. */
async function states(): Promise<Record<string, string | null>> {
  const rows = await queryDuckdb(join(cwd, "lake.duckdb"), "select stream, state from _sluice_state");
  return Object.fromEntries(rows.map(([stream, state]) => [stream!, state!]));
}

async function sluice(...args: string[]) {
  const { code, stdout } = await runSluice([...args, "--json"], { cwd });
  return { code, document: JSON.parse(stdout) };
}

/** What a command does to the state of orders; that of users must not change by a byte. */
async function changed(...args: string[]): Promise<string | null | undefined> {
  const before = await states();
  expect(await sluice(...args, "--yes")).toMatchObject({ code: 0 });
  const after = await states();
  expect(after.users).toBe(before.users);
  return after.orders;
}

describe("sluice state", () => {
  let first: string;
  let second: string;

  beforeAll(async () => {
    const project = {
      sources: { shop: { connector: "file", path: "in/" } },
      destinations: { lake: { connector: "duckdb", path: "lake.duckdb" } },
      connections: {
        shop: {
          ...{ source: "shop", destination: "lake", schema: "main" },
          defaults: { read: "incremental", write: "merge", primary_key: ["id"] },
        },
      },
    };
    writeFileSync(join(cwd, "sluice.yaml"), JSON.stringify(project));
    mkdirSync(join(cwd, "in"));
    writeFileSync(join(cwd, "in/users.csv"), "id\n1\n");
    writeFileSync(join(cwd, "in/orders.csv"), "id\n1\n");
    await sluice("sync");
    first = (await states()).orders!;
    writeFileSync(join(cwd, "in/orders.csv"), "id\n1\n2\n");
    await sluice("sync");
    second = (await states()).orders!;
    expect(second).not.toBe(first);
  });

  it("diff names what the last load changed", async () => {
    const { document } = await sluice("state", "diff", "shop", "--stream", "orders");
    expect(document.changes.length).toBeGreaterThan(0);
    for (const { path } of document.changes) expect(path).toMatch(/^source\./);
  });

  it("rewind goes back to an earlier load, and forth again", async () => {
    const { document } = await sluice("state", "show", "shop", "--stream", "orders");
    const [latest, earlier] = document.states[0].history.map(({ load_id: id }: { load_id: number }) => String(id));
    expect(await changed("state", "rewind", "shop", "--stream", "orders", "--load", earlier)).toBe(first);
    expect(await changed("state", "rewind", "shop", "--stream", "orders", "--load", latest)).toBe(second);
  });

  it("reset forgets, import puts back what export gave", async () => {
    const exported = await runSluice(["state", "export"], { cwd });
    writeFileSync(join(cwd, "states.json"), exported.stdout);
    expect(await changed("state", "reset", "shop", "--stream", "orders")).toBeNull();
    expect(await changed("state", "import", "states.json", "--stream", "orders")).toBe(second);
  });

  it("set puts the source's part and keeps the table's", async () => {
    const after = JSON.parse((await changed("state", "set", "shop", "null", "--stream", "orders"))!);
    expect(after).toEqual({ ...JSON.parse(second), source: null });
  });

  it("remembers who did what", async () => {
    const { document } = await sluice("state", "show", "shop");
    const actions = document.changes.map(({ action }: { action: string }) => action);
    expect(actions).toEqual(["set", "import", "reset", "rewind", "rewind"]);
    expect(document.changes[1]).toMatchObject({ before: null, after: JSON.parse(second), user: expect.any(String) });
    const { document: runs } = await sluice("runs", "--connection", "shop");
    expect(runs.runs).toMatchObject([
      { status: "succeeded", written: 3 - 1 },
      { status: "succeeded", written: 2 },
    ]);
    const { document: run } = await sluice("runs", "show", runs.runs[1].run_id);
    expect(run).toMatchObject({ run_id: runs.runs[1].run_id, connections: [{ connection: "shop" }] });
    expect(run.events.map(({ type }: { type: string }) => type)).toContain("load_committed");
  });
});
