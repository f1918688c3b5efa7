import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { queryDuckdb, queryPostgres } from "./query.js";
import type { Scenario } from "./scenario.js";

/** A fresh place to load into, and a look at what stands there. */
export interface Target {
  readonly place: Pick<Scenario, "destination" | "schema">;
  /** A table of the place, as its SQL names it. */
  relation(table: string): string;
  /** Runs a query there; every value as the database's text. */
  query(sql: string): Promise<(string | null)[][]>;
}

export type TargetKind = keyof typeof targets;
let made = 0;

/** A fresh target of each kind of destination that must survive anything. */
export const targets = {
  duckdb(_postgresUrl: string): Target {
    const path = join(mkdtempSync(join(tmpdir(), "sluice-target-")), "target.duckdb");
    return {
      place: { destination: { connector: "duckdb", config: { path } } },
      relation: (table) => table,
      query: (sql) => queryDuckdb(path, sql),
    };
  },
  postgres(postgresUrl: string): Target {
    made += 1;
    const schema = `target_${process.pid}_${made}`;
    return {
      place: { destination: { connector: "postgres", config: { url: postgresUrl } }, schema },
      relation: (table) => `${schema}.${table}`,
      query: (sql) => queryPostgres(postgresUrl, sql),
    };
  },
};

export const targetKinds = Object.keys(targets) as TargetKind[];
