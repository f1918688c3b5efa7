import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recordRun } from "../../../core/store/record-run.js";
import { type StoreLocation, storeLocation } from "../../../core/store/store-location.js";
import type { RunReport } from "../../../core/sync/report.js";

/** A project's folder with nothing in it, and where its history goes. */
export function emptyProject(setting?: string): { projectDir: string; location: StoreLocation } {
  const projectDir = mkdtempSync(join(tmpdir(), "sluice-history-"));
  return { projectDir, location: storeLocation(projectDir, setting) };
}

/** Records a run of one connection; returns what it was warned of. */
export async function record(
  project: ReturnType<typeof emptyProject>,
  runId: string,
  { connection = "shop", secret = "s3cret" }: { connection?: string; secret?: string } = {},
): Promise<string[]> {
  const warnings: string[] = [];
  const recording = recordRun({
    ...project,
    ...{ runId, connections: [connection] },
    redact: (text) => text.replaceAll(secret, "[secret]"),
    warn: (message) => warnings.push(message),
  });
  recording.onEvent({ type: "connection_started", connection });
  recording.onEvent({ type: "progress", connection, stream: "orders", rows: 1, bytes: 1 });
  recording.onEvent({
    ...{ type: "drift", connection, stream: "orders" },
    record: { entity: "columns", columnName: "note", change: "new, string", decision: "evolve: added" },
  });
  recording.onEvent({ type: "log", connection, level: "warn", message: `said ${secret}`, fields: {} });
  await recording.end(reportOf(runId, connection));
  return warnings;
}

function reportOf(run_id: string, connection: string): RunReport {
  return {
    ...{ run_id, status: "succeeded", exit_code: 0 },
    ...{ started_at: `2024-01-01T00:00:00.${run_id.padStart(3, "0")}Z`, ended_at: "2024-01-01T00:00:01.000Z" },
    connections: [{ connection, status: "succeeded", streams: [], error: null }],
  };
}
