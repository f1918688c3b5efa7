import { beforeAll, describe, expect, inject, it } from "vitest";
import type { StreamOptions } from "../../core/sync/plan.js";
import { createDatabase } from "../support/database.js";
import { queryPostgres } from "../support/query.js";
import { runOnce, runUntil } from "../support/scenario.js";
import type { TargetKind } from "../support/targets.js";
import { newTarget } from "./source-table.js";

const nested = { lines: { type: "child_table" }, more: { type: "flatten" } } as const;
const modes: Readonly<Record<string, StreamOptions>> = {
  merge: { read: "incremental", write: "merge", cursor: "version", nested },
  overwrite: { read: "full_refresh", write: "overwrite", nested },
};

/** Kills runs that load child tables: parents and children stand together, or neither does. */
describe.each(["duckdb", "postgres"] satisfies TargetKind[])("child tables in %s, killed", (kind) => {
  let url: string;

  beforeAll(async () => {
    url = await createDatabase(inject("postgresUrl"), `crash_nested_${kind}`);
  });

  it.each([
    ["merge", "flush:after"],
    ["overwrite", "flush:after"],
  ])("in a later load with %s at %s, they are whole at once and right after a rerun", async (mode, at) => {
    await queryPostgres(
      url,
      `drop table if exists orders; create table orders (id int primary key, version int, lines jsonb, more jsonb);
       insert into orders select i, i, jsonb_build_array(i, i + 1), jsonb_build_object('k', i) from generate_series(1, 500) i`,
    );
    const target = newTarget(kind, url);
    const scenario = { source: { connector: "postgres", config: { url } }, stream: "public.orders", ...target.place };
    const options = modes[mode]!;
    expect(await runOnce({ ...scenario, options })).toMatchObject({ exit_code: 0 });
    await queryPostgres(url, "update orders set version = 1000 + id, lines = jsonb_build_array(-id) where id % 5 = 0");
    expect(await runUntil({ ...scenario, options }, { at })).toMatchObject({ killed: true });
    const children = `select count(*), count(distinct _sluice_parent_id), sum(value) from ${target.relation("orders_lines")}`;
    const [before, after] = ["1000,500,251000", await expectedOf()];
    expect([before, after]).toContain(String((await target.query(children))[0]));
    expect(await runOnce({ ...scenario, options })).toMatchObject({ exit_code: 0 });
    expect(String((await target.query(children))[0])).toBe(after);
    const parents = `select count(*), sum(more_k) from ${target.relation("orders")}`;
    expect((await target.query(parents))[0]).toEqual(["500", "125250"]);
  });

  async function expectedOf(): Promise<string> {
    const elements = "select id, v::int as v from orders, jsonb_array_elements(lines) l(v)";
    return String((await queryPostgres(url, `select count(*), count(distinct id), sum(v) from (${elements})`))[0]);
  }
});
