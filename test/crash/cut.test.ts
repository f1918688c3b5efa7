import { beforeAll, describe, expect, inject, it } from "vitest";
import { createDatabase } from "../support/database.js";
import { runOnce, type Scenario } from "../support/scenario.js";
import { startTcpProxy, type Trigger } from "../support/tcp-proxy.js";
import { countRows, createSourceTable, expectSame, extendSourceTable, newTarget, table } from "./source-table.js";

const modes = ["append", "merge", "overwrite"] as const;

describe("a connection to the destination that breaks", () => {
  let url: string;

  beforeAll(async () => {
    url = await createDatabase(inject("postgresUrl"), "cut");
  });

  async function loadThroughCut(write: (typeof modes)[number], trigger: Trigger) {
    await createSourceTable(url, 1000);
    const target = newTarget("postgres", url);
    const source = { connector: "postgres", config: { url } };
    const read = write === "overwrite" ? "full_refresh" : "incremental";
    const scenario: Scenario = {
      source,
      stream: `public.${table}`,
      options: { read, write, cursor: "updated_at" },
      ...target.place,
    };
    expect(await runOnce(scenario)).toMatchObject({ status: "succeeded" });
    await extendSourceTable(url, 1001, 1500);

    const proxy = await startTcpProxy(url);
    const cut = proxy.cutWhen(trigger);
    const throughProxy = { connector: "postgres", config: { url: proxy.url } };
    const report = await runOnce({ ...scenario, destination: throughProxy });
    await cut;
    await proxy.close();
    return { report, scenario, target };
  }

  it.each(modes)("after COMMIT was sent and before its answer: the commit is recognised, %s", async (write) => {
    const { report, target } = await loadThroughCut(write, { direction: "out", pattern: "COMMIT", deliver: true });
    expect(report).toMatchObject({ status: "succeeded" });
    await expectSame(url, "postgres", target);
  });

  it.each(modes)("before COMMIT arrives: nothing stands, and a rerun ends right, %s", async (write) => {
    const { report, scenario, target } = await loadThroughCut(write, {
      direction: "out",
      pattern: "COMMIT",
      deliver: false,
    });
    expect(report).toMatchObject({ status: "failed", exit_code: 4 });
    expect(await countRows(target)).toBe(1000);
    expect(await runOnce(scenario)).toMatchObject({ status: "succeeded" });
    await expectSame(url, "postgres", target);
  });

  it.each(modes)("in the middle of COPY: nothing stands, and a rerun ends right, %s", async (write) => {
    const { report, scenario, target } = await loadThroughCut(write, {
      direction: "out",
      bytes: 30_000,
      deliver: false,
    });
    expect(report).toMatchObject({ status: "failed", exit_code: 4 });
    expect(await countRows(target)).toBe(1000);
    expect(await runOnce(scenario)).toMatchObject({ status: "succeeded" });
    await expectSame(url, "postgres", target);
  });
});
