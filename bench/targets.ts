import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Endpoint } from "./endpoint.js";
import type { Mover } from "./mover.js";
import { run } from "./postgres.js";
import { dataFolder } from "./workspace.js";

export type TargetKind = "postgres" | "duckdb" | "parquet";

/** The kinds of ends as titles write them. */
export const endTitles = {
  postgres: "Postgres",
  duckdb: "DuckDB",
  csv: "CSV",
  parquet: "Parquet",
  jsonl: "JSON lines",
} as const;

/** Where a mover is told to put a table. */
export function targetOf(kind: TargetKind, url: string, table: string, mover: Pick<Mover, "name">): Endpoint {
  const folder = dataFolder("targets");
  switch (kind) {
    case "postgres":
      return { kind, url, schema: `bench_${mover.name}`, table };
    case "duckdb":
      return { kind, path: join(folder, `${mover.name}.duckdb`), schema: "bench", table };
    case "parquet": {
      // dlt writes a folder, the others a file.
      const path = join(folder, mover.name === "dlt" ? "dlt-files" : `${mover.name}.parquet`);
      return { kind: "file", path, format: "parquet", table };
    }
  }
}

/** Removes what an earlier run left at a target. */
export function clear(target: Endpoint): void {
  if (target.kind === "postgres") {
    run(target.url, `drop schema if exists ${target.schema} cascade; create schema ${target.schema}; checkpoint;`);
    return;
  }
  for (const path of [target.path, `${target.path}.wal`]) rmSync(path, { recursive: true, force: true });
}
