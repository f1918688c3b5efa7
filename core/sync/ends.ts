import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConnectorContext } from "../../sdk/context.js";
import type { Destination, OpenDestination } from "../../sdk/destination.js";
import type { JsonObject } from "../../sdk/json.js";
import { findDestination } from "../registry/find-connector.js";
import { expressionEngine } from "../transform/engine.js";
import { needsEngine } from "../transform/prepare-rows.js";
import type { OnEvent } from "./events.js";
import { memoryBudget } from "./memory-budget.js";
import type { Ends } from "./opened-ends.js";
import { parseConfig } from "./parse-config.js";
import type { ConnectionPlan, RunPlan } from "./plan.js";
import { openSourceInThread } from "./source-thread.js";
import type { StreamWork } from "./stream-work.js";

/** One connection of a run, and whom to tell. */
export interface ConnectionJob {
  readonly run: Pick<RunPlan, "runId" | "projectDir" | "maxMemoryBytes" | "registries">;
  readonly connection: ConnectionPlan;
  readonly signal: AbortSignal;
  readonly onEvent: OnEvent;
  /** What is done with each stream; a sync where it is absent. */
  readonly work?: StreamWork;
}

/** Opens source and destination at the same time, and closes both whatever happens. */
export async function withEnds<T>(job: ConnectionJob, use: (ends: Ends) => Promise<T>): Promise<T> {
  const kind = await destinationKind(job);
  const budget = memoryBudget(job.run.maxMemoryBytes, {
    embedded: kind.capabilities.scans,
    refines: refines(job.connection),
    judges: judges(job.connection),
  });
  const engine = expressionEngine(Math.max(budget.engine, leastEngine));
  const workDir = await mkdtemp(join(tmpdir(), "sluice-"));
  const [source, destination] = await Promise.allSettled([
    openSourceInThread({
      registry: job.run.registries.sources,
      ...job.connection.source,
      context: contextOf(job, workDir, budget.source),
      windowBytes: budget.window,
      thread: job.run.registries.sourceThread?.(job.connection.source.connector),
    }),
    openDestination(kind, job.connection.destination.config, contextOf(job, workDir, budget.destination)),
  ]);
  try {
    if (source.status === "rejected") throw source.reason;
    if (destination.status === "rejected") throw destination.reason;
    return await use({ source: source.value, destination: destination.value, kind, budget, engine, workDir });
  } finally {
    await engine.close();
    await Promise.all([
      source.status === "fulfilled" && source.value.close().catch(() => undefined),
      destination.status === "fulfilled" && destination.value.close(),
    ]);
    await rm(workDir, { recursive: true, force: true });
  }
}

/** For the misfits of a table that has drifted, which nobody foresees. */
const leastEngine = 48 * 1024 ** 2;

/** Whether rows of a connection are computed on in this process. */
function refines({ streams }: ConnectionPlan): boolean {
  return streams.some(({ options }) => needsEngine({ transforms: options, rules: options.quality?.rows ?? [] }));
}

/** Whether expressions over all rows of a load are asked. */
function judges({ streams }: ConnectionPlan): boolean {
  return streams.some(({ options }) => options.quality?.loads.some(({ test }) => test.type === "expression") ?? false);
}

function contextOf(
  { run, connection, signal, onEvent }: ConnectionJob,
  workDir: string,
  memoryBytes: number,
): ConnectorContext {
  return {
    projectDir: run.projectDir,
    workDir,
    memoryBytes,
    signal,
    log: (level, message, fields = {}) => onEvent({ type: "log", connection: connection.name, level, message, fields }),
  };
}

function destinationKind({ run, connection }: ConnectionJob): Promise<Destination> {
  const { connector } = connection.destination;
  return findDestination(run.registries.destinations, { connector, projectDir: run.projectDir });
}

async function openDestination(
  kind: Destination,
  config: JsonObject,
  context: ConnectorContext,
): Promise<OpenDestination> {
  return kind.open(parseConfig(kind, config), context);
}
