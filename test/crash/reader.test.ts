import pg from "pg";
import { describe, expect, inject, it } from "vitest";
import { createDatabase } from "../support/database.js";
import { queryPostgres } from "../support/query.js";
import { runOnce, type Scenario, startRun } from "../support/scenario.js";
import { createSourceTable, newTarget, table } from "./source-table.js";

/** Counts a table again and again until told to stop: every count it ever saw, and the longest it had to wait, in ms. */
async function watch(
  url: string,
  relation: string,
  until: Promise<unknown>,
): Promise<{ counts: Set<number>; longest: number }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const counts = new Set<number>();
  let longest = 0;
  let done = false;
  void until.finally(() => {
    done = true;
  });
  while (!done) {
    const start = performance.now();
    const { rows } = await client.query(`select count(*)::int as count from ${relation}`);
    longest = Math.max(longest, performance.now() - start);
    counts.add(rows[0].count);
  }
  await client.end();
  return { counts, longest };
}

describe("a reader while a table is overwritten", () => {
  async function prepare(name: string, withView: boolean) {
    const url = await createDatabase(inject("postgresUrl"), name);
    await createSourceTable(url, 5000);
    const target = newTarget("postgres", url);
    const source = { connector: "postgres", config: { url } };
    const scenario: Scenario = {
      source,
      stream: `public.${table}`,
      options: { read: "full_refresh", write: "overwrite" },
      ...target.place,
    };
    expect(await runOnce(scenario)).toMatchObject({ status: "succeeded" });
    const relation = `${target.place.schema}.${table}`;
    if (withView)
      await queryPostgres(url, `create view ${relation}_view as select id, amount from ${relation} where amount > 0`);
    await createSourceTable(url, 60_000);
    return { url, scenario, relation: withView ? `${relation}_view` : relation };
  }

  it.each([false, true])(
    "sees the whole old table or the whole new one, nothing between (a view over it: %s)",
    async (withView) => {
      const { url, scenario, relation } = await prepare(`reader_${withView}`, withView);
      const running = startRun(scenario);
      const { counts } = await watch(url, relation, running.ended);
      expect((await running.ended).report).toMatchObject({ status: "succeeded" });
      expect([...counts].filter((count) => count !== 5000 && count !== 60_000)).toEqual([]);
      expect(counts).toContain(5000);
      await expect(watch(url, relation, Promise.resolve())).resolves.toBeDefined();
    },
  );

  it.each(["write:after", "flush:after", "commit:before"])(
    "sees the old table when the run is killed at %s",
    async (at) => {
      const { url, scenario, relation } = await prepare(`reader_killed_${at.replace(":", "_")}`, false);
      const running = startRun(scenario, { at });
      const { counts } = await watch(url, relation, running.ended);
      expect(await running.ended).toMatchObject({ killed: true });
      expect([...counts]).toEqual([5000]);
      expect(await runOnce(scenario)).toMatchObject({ status: "succeeded" });
      const relations = await queryPostgres(
        url,
        `select relname from pg_class join pg_namespace n on n.oid = relnamespace
       where nspname = '${scenario.schema}' and relkind in ('r', 'v') order by relname`,
      );
      expect(relations.flat()).toEqual([
        ...["_sluice_drift", "_sluice_loads", "_sluice_quarantine", "_sluice_state"],
        table,
      ]);
    },
  );
});
