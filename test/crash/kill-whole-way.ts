import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, inject, it } from "vitest";
import type { StreamOptions } from "../../core/sync/plan.js";
import { createDatabase } from "../support/database.js";
import { allSteps, runOnce, runUntil, type Scenario, startRun } from "../support/scenario.js";
import type { Target, TargetKind } from "../support/targets.js";
import { newTarget } from "./source-table.js";
import {
  addOrders,
  changeOrders,
  createOrders,
  expectWhole,
  quarantined,
  refusedOrders,
  table,
  wholeWay,
} from "./whole-way.js";

/** The long form: every step of first and later loads in every mode, and many more random moments. */
const long = process.env.SLUICE_LONG_TESTS === "1";
const randomKills = long ? 40 : 2;
const modes: Readonly<Record<string, StreamOptions>> = {
  append: { ...wholeWay, read: "incremental", write: "append", cursor: "version" },
  overwrite: { ...wholeWay, read: "full_refresh", write: "overwrite" },
  merge: { ...wholeWay, read: "incremental", write: "merge", cursor: "version" },
};
/** Where the tables of a stream could come apart; the other steps are those of every load, which `kill-tests.ts` kills. */
const firstSteps = (mode: string) => {
  return long ? allSteps : mode === "merge" ? ["child write:after", "commit:before"] : ["child write:after"];
};
const laterSteps = (mode: string) => {
  if (long) return allSteps.filter((step) => !/^(?:begin|start):/.test(step));
  return mode === "merge" ? ["audit:after", "commit:after"] : ["commit:after"];
};

/**
 * Kills runs that do everything to their rows: cast, mask, filter, derive, nested data with a child table, a function, a rule
 * about rows and one about loads. After a rerun each row stands once, with its children or in the quarantine.
 */
export function killWholeWay(destination: TargetKind): void {
  describe.each(Object.keys(modes))(`the whole way into ${destination} with %s, killed`, (mode) => {
    let url: string;

    beforeAll(async () => {
      url = await createDatabase(inject("postgresUrl"), `crash_way_${destination}_${mode}`);
    });

    function scenarioFor(target: Target): Scenario {
      const source = { connector: "postgres", config: { url } };
      return { source, stream: `public.${table}`, options: modes[mode]!, ...target.place };
    }

    async function loadAndChange(scenario: Scenario): Promise<void> {
      await createOrders(url, 400);
      expect(await runOnce(scenario)).toMatchObject({ status: "succeeded" });
      await (mode === "append" ? addOrders : changeOrders)(url, 401, 500);
    }

    async function rerun(scenario: Scenario, target: Target): Promise<void> {
      const report = await runOnce(scenario);
      expect(report, JSON.stringify(report)).toMatchObject({ status: "succeeded", exit_code: 0 });
      await expectWhole(url, target);
    }

    it.each(firstSteps(mode))("at %s of a first load, each row stands once after a rerun", async (at) => {
      await createOrders(url, 400);
      const target = newTarget(destination, url);
      const scenario = scenarioFor(target);
      expect(await runUntil(scenario, { at })).toMatchObject({ killed: true });
      await rerun(scenario, target);
      expect(await quarantined(target)).toBe(await refusedOrders(url));
    });

    it.each(laterSteps(mode))("at %s of a later load, each row stands once after a rerun", async (at) => {
      const target = newTarget(destination, url);
      const scenario = scenarioFor(target);
      await loadAndChange(scenario);
      expect(await runUntil(scenario, { at })).toMatchObject({ killed: true });
      await rerun(scenario, target);
    });

    if (!long && mode !== "merge") return;
    it(`at ${randomKills} random moments one after another, each row stands once`, async () => {
      const target = newTarget(destination, url);
      const scenario = scenarioFor(target);
      await loadAndChange(scenario);
      for (let kill = 0; kill < randomKills; kill++) {
        const running = startRun(scenario);
        await sleep(100 + Math.random() * 700);
        running.signal("SIGKILL");
        await running.ended;
      }
      await rerun(scenario, target);
    });
  });
}
