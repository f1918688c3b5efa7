import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { createDatabase } from "../support/database.js";
import { queryPostgres } from "../support/query.js";
import { countRows, createSourceTable, newTarget, table } from "./source-table.js";

const cli = fileURLToPath(new URL("../../program/cli/main.js", import.meta.url));

describe("a run that is asked to end", () => {
  let url: string;

  beforeAll(async () => {
    url = await createDatabase(inject("postgresUrl"), "signals");
    await createSourceTable(url, 1000);
    // Its rows come so slowly that no run waits for its end.
    await queryPostgres(url, "create view slow as select s.*, pg_sleep(1)::text as pause from crash_source s");
  });

  it.each([
    ["SIGTERM", 5],
    ["SIGINT", 130],
  ] as const)("by two %s ends at once by the signal itself, and leaves the table as it was", async (signal, code) => {
    const target = newTarget("postgres", url);
    const { schema } = target.place;
    const args = [cli, "copy", url, url, "--schema", schema!, "--table", table];
    const first = spawn(process.execPath, [...args, "--stream", `public.${table}`], { stdio: "ignore" });
    expect(await once(first, "close")).toEqual([0, null]);

    const child = spawn(process.execPath, [...args, "--stream", "public.slow"], { stdio: "ignore" });
    await expect.poll(() => sleepers(url)).toBeGreaterThan(0);
    child.kill(signal);
    child.kill(signal);
    // The second may come when the first has all but ended it.
    expect([
      [null, signal],
      [code, null],
    ]).toContainEqual(await once(child, "close"));
    expect(await countRows(target)).toBe(1000);
  });
});

/** How many sessions are reading the slow view. */
async function sleepers(url: string): Promise<number> {
  const [[count] = []] = await queryPostgres(
    url,
    "select count(*) from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()",
  );
  return Number(count);
}
