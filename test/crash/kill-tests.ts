import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, inject, it } from "vitest";
import type { StreamOptions } from "../../core/sync/plan.js";
import { createDatabase } from "../support/database.js";
import { runOnce, runUntil, type Scenario, startRun, steps } from "../support/scenario.js";
import type { Target, TargetKind } from "../support/targets.js";
import {
  changeSourceTable,
  createSourceTable,
  expectSame,
  extendSourceTable,
  newTarget,
  table,
} from "./source-table.js";

const rows = 2000;
/** The long form: every step in every mode, and many more random moments. */
const long = process.env.SLUICE_LONG_TESTS === "1";
const randomKills = long ? 40 : 6;
/** Later loads differ from first ones only from the first row on. */
const laterSteps = long ? steps : steps.slice(steps.indexOf("startLoad:after"), steps.indexOf("close:before"));
const modes: Readonly<Record<string, StreamOptions>> = {
  overwrite: { read: "full_refresh", write: "overwrite" },
  append: { read: "incremental", write: "append", cursor: "updated_at" },
  merge: { read: "incremental", write: "merge", cursor: "updated_at" },
};

/** Kills runs into one kind of destination wherever they can be killed; after a rerun nothing is lost, doubled or changed. */
export function killTests(destination: TargetKind): void {
  describe.each(Object.keys(modes))(`into ${destination}, killed while it loads with %s`, (mode) => {
    let url: string;

    beforeAll(async () => {
      url = await createDatabase(inject("postgresUrl"), `crash_${destination}_${mode}`);
    });

    function scenarioFor(target: Target): Scenario {
      const source = { connector: "postgres", config: { url } };
      return { source, stream: `public.${table}`, options: modes[mode]!, ...target.place };
    }

    /** Loads the table once, then changes it as the mode allows. */
    async function loadAndChange(scenario: Scenario): Promise<void> {
      await createSourceTable(url, rows);
      expect(await runOnce(scenario)).toMatchObject({ status: "succeeded" });
      await (mode === "append" ? extendSourceTable : changeSourceTable)(url, rows + 1, rows + 500);
    }

    it.each(steps)("at %s of a first load, it ends right after a rerun", async (at) => {
      await createSourceTable(url, rows);
      const target = newTarget(destination, url);
      const scenario = scenarioFor(target);
      expect(await runUntil(scenario, { at })).toMatchObject({ killed: true });
      expect(await runOnce(scenario)).toMatchObject({ status: "succeeded", exit_code: 0 });
      await expectSame(url, destination, target);
    });

    it.each(mode === "overwrite" && !long ? [] : laterSteps)(
      "at %s of a later load, it ends right after a rerun",
      async (at) => {
        const target = newTarget(destination, url);
        const scenario = scenarioFor(target);
        await loadAndChange(scenario);
        expect(await runUntil(scenario, { at })).toMatchObject({ killed: true });
        expect(await runOnce(scenario)).toMatchObject({ status: "succeeded", exit_code: 0 });
        await expectSame(url, destination, target);
      },
    );

    it(`at ${randomKills} random moments one after another, it ends right`, async () => {
      const target = newTarget(destination, url);
      const scenario = scenarioFor(target);
      await loadAndChange(scenario);
      for (let kill = 0; kill < randomKills; kill++) {
        const running = startRun(scenario);
        await sleep(100 + Math.random() * 500);
        running.signal("SIGKILL");
        await running.ended;
      }
      expect(await runOnce(scenario)).toMatchObject({ status: "succeeded", exit_code: 0 });
      await expectSame(url, destination, target);
    });
  });
}
