import type { Endpoint } from "../endpoint.js";
import { nodeFloor } from "../floors.js";
import { run } from "../postgres.js";
import type { Scenario, Surroundings } from "../scenario.js";
import { lineitem } from "../tables.js";
import { clear, targetOf } from "../targets.js";

/** Ten rows, from the start of the process to its end: what a small sync costs. */
export function coldStart({ url, movers }: Surroundings): Scenario {
  run(url, "drop table if exists ten_rows; create table ten_rows as select * from lineitem limit 10;");
  const source: Endpoint = { kind: "postgres", url, schema: "public", table: "ten_rows" };
  return {
    name: "cold_start",
    title: "Postgres → DuckDB, 10 rows",
    goal: { kind: "seconds", atMost: 0.5 },
    contenders: [
      nodeFloor(),
      ...movers.map((mover) => {
        const target = targetOf("duckdb", url, "ten_rows", mover);
        return {
          name: mover.name,
          version: mover.version,
          target: mover.written(target),
          prepare: () => clear(target),
          command: () => mover.copy(source, target)!,
        };
      }),
    ],
    expected: { place: source, columns: lineitem.columns },
  };
}
