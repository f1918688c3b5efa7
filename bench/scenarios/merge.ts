import type { Endpoint } from "../endpoint.js";
import { readFloor } from "../floors.js";
import { measure } from "../measure.js";
import { query, run } from "../postgres.js";
import type { Contender, Scenario, Surroundings } from "../scenario.js";
import { events } from "../tables.js";
import { clear, endTitles, targetOf } from "../targets.js";

const columns = [...events.columns, { name: "updated_at", type: "timestamptz" }];
const keys = { key: "id", cursor: "updated_at" };

/** 30,000 changed and 30,000 new rows into a table of millions that was loaded before. */
export function merge(to: "duckdb" | "postgres", { url, movers }: Surroundings): Scenario {
  if (query(url, "select to_regclass('public.changing')") === "") run(url, makeTable);
  const source: Endpoint = { kind: "postgres", url, schema: "public", table: "changing" };
  let since = "";
  const delta = () => `select * from changing where updated_at > '${since}'`;
  return {
    name: `merge_into_${to}`,
    title: `30,000 changed and 30,000 new rows, Postgres → ${endTitles[to]}`,
    goal: { kind: "seconds", atMost: to === "duckdb" ? 0.8 : 1.2 },
    beforeRound: () => {
      since = query(
        url,
        "select to_char(max(updated_at) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') from changing",
      );
      run(url, change);
    },
    contenders: [
      { ...readFloor(url, ""), command: () => readFloor(url, delta()).command() },
      ...movers.map((mover): Contender => {
        const target = targetOf(to, url, "changing", mover);
        return {
          name: mover.name,
          version: mover.version,
          target: mover.written(target),
          setUp: async () => {
            clear(target);
            await measure(mover.merge(source, target, { ...keys, since: undefined })!);
          },
          command: () => mover.merge(source, target, { ...keys, since })!,
        };
      }),
    ],
    expected: { place: source, columns },
  };
}

const makeTable = `
  create table changing as select *, timestamptz '2025-01-01 00:00:00+00' + id * interval '1 second' as updated_at from events;
  alter table changing alter updated_at set not null, add primary key (id);
  create index on changing (updated_at);
  vacuum (analyze, freeze) changing;`;

// Every hundredth row changes: the changes lie all over the table.
const change = `
  update changing set amount = coalesce(amount, 0) + 1, updated_at = clock_timestamp()
  where id % 100 = 7 and id <= 3000000;
  insert into changing
  select top + n, clock_timestamp(), n, n / 7.0, 'new', null, clock_timestamp()
  from generate_series(1, 30000) n, (select max(id) as top from changing) m;
  analyze changing;`;
