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
/** A mode tells only from `start` to `commit`, a later load from a first one only from the first row on: the short form kills the rest once. */
const firstSteps = (mode: string) => (long || mode === "overwrite" ? steps : between("start:after", "close:before"));
const laterSteps = (mode: string) => {
  if (long) return steps;
  return mode === "overwrite" ? [] : between("startLoad:after", "close:before");
};
const modes: Readonly<Record<string, StreamOptions>> = {
  overwrite: { read: "full_refresh", write: "overwrite" },
  append: { read: "incremental", write: "append", cursor: "updated_at" },
  merge: { read: "incremental", write: "merge", cursor: "updated_at" },
};

function between(from: string, to: string): string[] {
  return steps.slice(steps.indexOf(from), steps.indexOf(to));
}

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

    async function rerun(scenario: Scenario, target: Target): Promise<void> {
      expect(await runOnce(scenario)).toMatchObject({ status: "succeeded", exit_code: 0 });
      await expectSame(url, destination, target);
    }

    it.each(firstSteps(mode))("at %s of a first load, it ends right after a rerun", async (at) => {
      await createSourceTable(url, rows);
      const target = newTarget(destination, url);
      const scenario = scenarioFor(target);
      expect(await runUntil(scenario, { at })).toMatchObject({ killed: true });
      await rerun(scenario, target);
    });

    describe("again and again,", () => {
      let target: Target;
      let scenario: Scenario;
      let loaded = rows;

      beforeAll(async () => {
        await createSourceTable(url, rows);
        target = newTarget(destination, url);
        scenario = scenarioFor(target);
        await rerun(scenario, target);
      });

      /** Changes the source as the mode allows. */
      async function change(): Promise<void> {
        await (mode === "append" ? extendSourceTable : changeSourceTable)(url, loaded + 1, loaded + 500);
        loaded += 500;
      }

      it.each(laterSteps(mode))("at %s of a later load, it ends right after a rerun", async (at) => {
        await change();
        expect(await runUntil(scenario, { at })).toMatchObject({ killed: true });
        await rerun(scenario, target);
      });

      it(`at ${randomKills} random moments one after another, it ends right`, async () => {
        for (let kill = 0; kill < randomKills; kill++) {
          await change();
          const running = startRun(scenario);
          await sleep(100 + Math.random() * 500);
          running.signal("SIGKILL");
          await running.ended;
        }
        await rerun(scenario, target);
      });
    });
  });
}
