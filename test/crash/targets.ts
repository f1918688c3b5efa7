import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { duckdbFingerprint, type Fingerprint, postgresFingerprint } from "./fingerprint.js";
import type { Scenario } from "./scenario.js";

/** A fresh place to load into, and a look at what stands there. */
export interface CrashTarget {
  readonly place: Pick<Scenario, "destination" | "schema">;
  fingerprint(): Promise<Fingerprint>;
}

export const table = "crash_source";
let made = 0;

/** A fresh target of each kind of destination that must survive any crash. */
export const targets: Readonly<Record<"duckdb" | "postgres", (postgresUrl: string) => CrashTarget>> = {
  duckdb() {
    const path = join(mkdtempSync(join(tmpdir(), "sluice-crash-")), "target.duckdb");
    return {
      place: { destination: { connector: "duckdb", config: { path } } },
      fingerprint: () => duckdbFingerprint(path, table),
    };
  },
  postgres(url) {
    made += 1;
    const schema = `target_${process.pid}_${made}`;
    return {
      place: { destination: { connector: "postgres", config: { url } }, schema },
      fingerprint: () => postgresFingerprint(url, `${schema}.${table}`),
    };
  },
};
