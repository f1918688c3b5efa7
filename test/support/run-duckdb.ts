import { tmpdir } from "node:os";
import type { QueryResult } from "../../sdk/destination.js";
import { openEngine } from "../../sdk/sql/duckdb/engine.js";

/** Runs statements on a DuckDB file that nobody has open, and gives the last one's rows. */
export async function runDuckdb(path: string, sql: string): Promise<QueryResult> {
  const engine = await openEngine({ path, memoryBytes: 2 ** 28, threads: 1, tempDir: tmpdir() });
  try {
    return await (await engine.connect()).query(sql);
  } finally {
    await engine.close();
  }
}
