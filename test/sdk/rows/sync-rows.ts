import { dirname } from "node:path";
import { defaultCommitLimits, type StreamOptions } from "../../../core/sync/plan.js";
import type { StreamReport } from "../../../core/sync/report.js";
import type { JsonObject } from "../../../sdk/json.js";
import { runPlan } from "../../support/run-plan.js";

/** Syncs the stream `items` of the source in row-sources.mjs into a DuckDB file. */
export async function syncRows(path: string, config: JsonObject, options: StreamOptions): Promise<StreamReport> {
  const plan = {
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
  };
  const report = await runPlan(plan, new URL("row-sources.mjs", import.meta.url));
  const [connection] = report.connections;
  if (connection!.error !== null) throw new Error(JSON.stringify(connection!.error));
  return connection!.streams[0]!;
}
