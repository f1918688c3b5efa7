import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nearest } from "../core/schema/nearest.js";
import { parseConfig } from "../core/sync/parse-config.js";
import { type ConnectorPlan, defaultMaxMemoryBytes } from "../core/sync/plan.js";
import type { ConnectorContext } from "../sdk/context.js";
import type { Destination, OpenDestination } from "../sdk/destination.js";
import { ConfigError } from "../sdk/errors.js";
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
  const kind = await found("source", cli.sources, plan.connector);
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
  const kind = await found("destination", cli.destinations, plan.connector);
  return withContext(cli, projectDir, async (context) => {
    const destination = await kind.open(parseConfig(kind, plan.config), context);
    return use(destination, kind).finally(() => destination.close());
  });
}

async function found<Kind>(
  what: string,
  registry: Readonly<Record<string, () => Promise<Kind>>>,
  name: string,
): Promise<Kind> {
  const load = Object.hasOwn(registry, name) ? registry[name] : undefined;
  if (load !== undefined) return load();
  const near = nearest(name, Object.keys(registry));
  throw new ConfigError("connector.unknown", `there is no ${what} connector '${name}'`, {
    hint: near === undefined ? `there are ${Object.keys(registry).join(", ")}` : `did you mean '${near}'?`,
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
