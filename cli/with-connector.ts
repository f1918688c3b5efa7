import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findDestination, findSource } from "../core/registry/find-connector.js";
import { parseConfig } from "../core/sync/parse-config.js";
import { type ConnectorPlan, defaultMaxMemoryBytes } from "../core/sync/plan.js";
import type { ConnectorContext } from "../sdk/context.js";
import type { Destination, OpenDestination } from "../sdk/destination.js";
import type { OpenSource, Source } from "../sdk/source.js";
import type { Cli } from "./cli.js";
import { logLine } from "./output/log-line.js";

export interface ConnectorUse {
  readonly plan: ConnectorPlan;
  readonly projectDir: string;
}

/** Opens a source in this thread, and closes it whatever happens. */
export async function withSource<T>(
  cli: Cli,
  { plan, projectDir }: ConnectorUse,
  use: (source: OpenSource, kind: Source) => Promise<T>,
): Promise<T> {
  const kind = await findSource(cli.sources, { connector: plan.connector, projectDir });
  return withContext(cli, projectDir, async (context) => {
    const source = await kind.open(parseConfig(kind, plan.config), context);
    return use(source, kind).finally(() => source.close());
  });
}

/** Opens a destination, and closes it whatever happens. */
export async function withDestination<T>(
  cli: Cli,
  { plan, projectDir }: ConnectorUse,
  use: (destination: OpenDestination, kind: Destination) => Promise<T>,
): Promise<T> {
  const kind = await findDestination(cli.destinations, { connector: plan.connector, projectDir });
  return withContext(cli, projectDir, async (context) => {
    const destination = await kind.open(parseConfig(kind, plan.config), context);
    return use(destination, kind).finally(() => destination.close());
  });
}

async function withContext<T>(
  cli: Cli,
  projectDir: string,
  use: (context: ConnectorContext) => Promise<T>,
): Promise<T> {
  const workDir = await mkdtemp(join(tmpdir(), "sluice-"));
  const context: ConnectorContext = {
    projectDir,
    workDir,
    memoryBytes: defaultMaxMemoryBytes / 4,
    signal: cli.interruption.signal,
    log(level, message, fields = {}) {
      const line = logLine({ level, message, fields }, cli);
      if (line !== undefined && !cli.options.quiet) cli.stderr.write(`${line}\n`);
    },
  };
  return use(context).finally(() => rm(workDir, { recursive: true, force: true }));
}
