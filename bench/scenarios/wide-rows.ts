import type { Endpoint } from "../endpoint.js";
import { readFloor } from "../floors.js";
import { query, run } from "../postgres.js";
import type { Scenario, Surroundings } from "../scenario.js";
import { clear, endTitles, type TargetKind, targetOf } from "../targets.js";

const columns = [
  { name: "id", type: "integer" },
  { name: "body", type: "varchar", digest: true },
];

/** 600 texts of 1 MB and one of 50 MB: peak memory must hold for any width of a row. */
export function wideRows(to: TargetKind, { url, movers }: Surroundings): Scenario {
  if (query(url, "select to_regclass('public.wide_rows')") === "") {
    run(
      url,
      `create table wide_rows (id int primary key, body text not null);
       insert into wide_rows select n, repeat(md5(n::text), 31250) from generate_series(1, 600) n;
       insert into wide_rows values (601, repeat(md5('one'), 1562500));`,
    );
  }
  const source: Endpoint = { kind: "postgres", url, schema: "public", table: "wide_rows" };
  return {
    name: `wide_rows_to_${to}`,
    title: `600 rows of 1 MB and one of 50 MB, Postgres → ${endTitles[to]}`,
    goal: { kind: "memory" },
    contenders: [
      readFloor(url, "select * from wide_rows"),
      ...movers.map((mover) => {
        const target = targetOf(to, url, "wide_rows", mover);
        return {
          name: mover.name,
          version: mover.version,
          target: mover.written(target),
          prepare: () => clear(target),
          command: () => mover.copy(source, target)!,
        };
      }),
    ],
    expected: { place: source, columns },
  };
}
