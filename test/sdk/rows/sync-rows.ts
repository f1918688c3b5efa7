import { dirname } from "node:path";
import { defaultCommitLimits, type RunPlan, type StreamOptions } from "../../../core/sync/plan.js";
import type { StreamReport } from "../../../core/sync/report.js";
import { run } from "../../../core/sync/run.js";
import { destinations } from "../../../destinations/index.js";
import type { JsonObject } from "../../../sdk/json.js";

/** Syncs the stream `items` of the source in row-sources.mjs into a DuckDB file. */
export async function syncRows(path: string, config: JsonObject, options: StreamOptions): Promise<StreamReport> {
  const plan: RunPlan = {
    runId: "test",
    projectDir: dirname(path),
    maxMemoryBytes: 512 * 1024 ** 2,
    connections: [
      {
        name: "rows",
        source: { connector: "rows", config },
        destination: { connector: "duckdb", config: { path } },
        schema: "main",
        streams: [{ pattern: "items", options }],
        commit: defaultCommitLimits,
        fullRefresh: false,
      },
    ],
    registries: { sources: new URL("row-sources.mjs", import.meta.url), destinations },
  };
  const report = await run(plan, { signal: new AbortController().signal, onEvent: () => {} });
  const [connection] = report.connections;
  if (connection!.error !== null) throw new Error(JSON.stringify(connection!.error));
  return connection!.streams[0]!;
}
