import pg from "pg";
import { describe, expect, inject, it } from "vitest";
import { createDatabase } from "../support/database.js";
import { queryPostgres } from "../support/query.js";
import { runOnce, type Scenario, startRun } from "../support/scenario.js";
import { createSourceTable, newTarget, table } from "./source-table.js";

/** Counts a table, starts something, and counts again and again until that has ended: every count it ever saw. */
async function watch(url: string, relation: string, start: () => Promise<unknown>): Promise<Set<number>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const count = async () => {
    const { rows } = await client.query(`select count(*)::int as count from ${relation}`);
    return Number(rows[0].count);
  };
  const counts = new Set([await count()]);
  let done = false;
  const ended = start().finally(() => {
    done = true;
  });
  while (!done) counts.add(await count());
  await ended;
  await client.end();
  return counts;
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
      let report: unknown;
      const counts = await watch(url, relation, async () => {
        ({ report } = await startRun(scenario).ended);
      });
      expect(report).toMatchObject({ status: "succeeded" });
      expect([...counts].filter((count) => count !== 5000 && count !== 60_000)).toEqual([]);
      expect(counts).toContain(5000);
      expect(await queryPostgres(url, `select count(*) from ${relation}`)).toEqual([["60000"]]);
    },
  );

  it.each(["write:after", "flush:after", "commit:before"])(
    "sees the old table when the run is killed at %s",
    async (at) => {
      const { url, scenario, relation } = await prepare(`reader_killed_${at.replace(":", "_")}`, false);
      let killed: unknown;
      const counts = await watch(url, relation, async () => {
        ({ killed } = await startRun(scenario, { at }).ended);
      });
      expect(killed).toBe(true);
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
