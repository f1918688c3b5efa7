import { beforeAll, describe, expect, inject, it } from "vitest";
import { createDatabase } from "../support/database.js";
import { runOnce, type Scenario, startRun } from "../support/scenario.js";
import { createSourceTable, expectSame, extendSourceTable, newTarget, table } from "./source-table.js";

// A DuckDB file has one process at a time: a second one is refused, so a zombie can only be met in Postgres.
describe("a run that was paused while a newer one finished", () => {
  let url: string;

  beforeAll(async () => {
    url = await createDatabase(inject("postgresUrl"), "zombie");
  });

  it.each([
    ["append", "flush:after"],
    ["append", "commit:before"],
    ["append", "write:after"],
    ["merge", "flush:after"],
    ["merge", "commit:before"],
  ] as const)("is fenced (%s, paused at %s) and writes nothing", async (write, at) => {
    await createSourceTable(url, 1000);
    const target = newTarget("postgres", url);
    const scenario: Scenario = {
      source: { connector: "postgres", config: { url } },
      stream: `public.${table}`,
      options: { read: "incremental", write, cursor: "updated_at" },
      ...target.place,
    };
    expect(await runOnce(scenario)).toMatchObject({ status: "succeeded" });
    await extendSourceTable(url, 1001, 1500);

    const zombie = startRun(scenario, { at, signal: "SIGSTOP" });
    await zombie.reached;
    await extendSourceTable(url, 1501, 1700);
    expect(await runOnce(scenario)).toMatchObject({ status: "succeeded" });
    zombie.signal("SIGCONT");
    const { report } = await zombie.ended;

    expect(report?.connections[0]?.streams[0]?.error).toMatchObject({ kind: "transient", code: "destination.fenced" });
    await expectSame(url, "postgres", target);
  });
});
