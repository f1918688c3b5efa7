import type { OnEvent } from "./events.js";
import type { RunPlan } from "./plan.js";
import { type ConnectionReport, exitCancelled, type RunReport, runOutcome } from "./report.js";
import { syncConnection } from "./sync-connection.js";

export interface RunOptions {
  /** Aborting cancels the run: what is staged is rolled back, what is committed stands. */
  readonly signal: AbortSignal;
  readonly onEvent: OnEvent;
}

/** Runs connections one after another. It does not throw for what goes wrong in one: the report says it. */
export async function run(plan: RunPlan, { signal, onEvent }: RunOptions): Promise<RunReport> {
  const startedAt = new Date();
  const connections: ConnectionReport[] = [];
  for (const connection of plan.connections) {
    if (signal.aborted) break;
    connections.push(await syncConnection({ run: plan, connection, signal, onEvent }));
  }
  return {
    run_id: plan.runId,
    ...(signal.aborted ? { status: "cancelled" as const, exit_code: exitCancelled } : runOutcome(connections)),
    started_at: startedAt.toISOString(),
    ended_at: new Date().toISOString(),
    connections,
  };
}
