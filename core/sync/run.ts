import type { OnEvent } from "./events.js";
import type { RunPlan } from "./plan.js";
import { type ConnectionReport, exitCancelled, type RunReport, runOutcome } from "./report.js";
import type { StreamWork } from "./stream-work.js";
import { syncConnection } from "./sync-connection.js";

export interface RunOptions {
  /** Aborting cancels the run: what is staged is rolled back, what is committed stands. */
  readonly signal: AbortSignal;
  readonly onEvent: OnEvent;
  /** What is done with each stream; a sync where it is absent. */
  readonly work?: StreamWork;
}

/** Runs connections one after another. It does not throw for what goes wrong in one: the report says it. */
export async function run(plan: RunPlan, options: RunOptions): Promise<RunReport> {
  const { signal } = options;
  const startedAt = new Date();
  const connections: ConnectionReport[] = [];
  for (const connection of plan.connections) {
    if (signal.aborted) break;
    connections.push(await syncConnection({ run: plan, connection, ...options }));
  }
  return {
    run_id: plan.runId,
    ...(signal.aborted ? { status: "cancelled" as const, exit_code: exitCancelled } : runOutcome(connections)),
    started_at: startedAt.toISOString(),
    ended_at: new Date().toISOString(),
    connections,
  };
}
