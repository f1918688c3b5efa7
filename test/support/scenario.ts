import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { ConnectionPlan, RunPlan, StreamOptions } from "../../core/sync/plan.js";
import type { RunReport } from "../../core/sync/report.js";
import type { JsonObject } from "../../sdk/json.js";
import { runPlan } from "./run-plan.js";

/** One connection of one stream, run again and again. */
export interface Scenario {
  readonly source: { readonly connector: string; readonly config: JsonObject };
  readonly destination: { readonly connector: string; readonly config: JsonObject };
  readonly stream: string;
  readonly options: StreamOptions;
  /** Target schema. */
  readonly schema?: string;
  /** Loads are committed at the first checkpoint after so many bytes. */
  readonly commitBytes?: number;
}

export interface Interruption {
  /** A step of `scenario-child.mjs`, e.g. `commit:before` or `write:after#3`. */
  readonly at?: string;
  /** What happens to the process there. */
  readonly signal?: "SIGKILL" | "SIGSTOP";
}

export interface Running {
  /** Sends a signal, unless the process has ended. */
  signal(name: NodeJS.Signals): void;
  /** Resolves when the process has reached the step it was to stop at. */
  readonly reached: Promise<void>;
  /** Resolves with what became of it. */
  readonly ended: Promise<Ended>;
}

export interface Ended {
  readonly killed: boolean;
  readonly report: RunReport | undefined;
  readonly stderr: string;
}

/** The steps at which a process is killed: before and after each call on a destination. */
export const steps = beforeAndAfter(["begin", "start", "startLoad", "write", "flush", "commit", "close"]);

/** Those of a stream that has child tables, rejects rows and judges its loads. */
export const allSteps = [...steps, ...beforeAndAfter(["child start", "child write", "quarantine", "audit"])];

function beforeAndAfter(calls: readonly string[]): string[] {
  return calls.flatMap((call) => [`${call}:before`, `${call}:after`]);
}

/** Starts a run of the scenario in a process of its own. */
export function startRun(scenario: Scenario, { at, signal }: Interruption = {}): Running {
  const plan = planOf(scenario);
  const script = fileURLToPath(new URL("./scenario-child.mjs", import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify({ plan, at, signal })], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  const reached = new Promise<void>((resolve) => {
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
      if (stderr.includes(`at ${at}`)) resolve();
    });
    child.once("exit", () => resolve());
  });
  const ended = once(child, "close").then(([, by]): Ended => {
    return { killed: by === "SIGKILL", report: stdout === "" ? undefined : JSON.parse(stdout), stderr };
  });
  return { signal: (name) => void child.kill(name), reached, ended };
}

/** Runs the scenario to the step it is killed at, in a process of its own. */
export async function runUntil(scenario: Scenario, interruption: Interruption): Promise<Ended> {
  return startRun(scenario, interruption).ended;
}

/** Runs the scenario to its end, within this process: the start of one is most of a small run's time. */
export function runOnce(scenario: Scenario): Promise<RunReport> {
  return runPlan(planOf(scenario));
}

function planOf(scenario: Scenario): Omit<RunPlan, "registries"> {
  const connection: ConnectionPlan = {
    name: "crash",
    source: scenario.source,
    destination: scenario.destination,
    schema: scenario.schema,
    streams: [{ pattern: scenario.stream, options: scenario.options }],
    commit: { bytes: scenario.commitBytes ?? 1, seconds: 3600 },
    fullRefresh: false,
  };
  return {
    runId: `run-${Date.now()}`,
    projectDir: ".",
    maxMemoryBytes: 512 * 1024 ** 2,
    connections: [connection],
  };
}
