import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { nearestProject } from "../core/project/find-project.js";
import { nearest } from "../core/schema/nearest.js";
import type { Cli } from "./cli.js";
import { destinationAt, looksLikeLocation, sourceAt } from "./location.js";
import { openProject } from "./open-project.js";
import { withSettings } from "./outside-settings.js";
import { rememberPasswords } from "./remember-passwords.js";
import { UsageError } from "./usage-error.js";
import type { ConnectorUse } from "./with-connector.js";

/** The source that a word names: by a URL or path, or by its name in the project. @throws UsageError */
export async function findSource(cli: Cli, word: string, settings: readonly string[] = []): Promise<ConnectorUse> {
  if (isLocation(cli, word)) {
    const plan = await withSettings(cli, sourceAt(word, cli.cwd), settings);
    rememberPasswords(cli, plan.config);
    return { plan, projectDir: cli.cwd };
  }
  const { dir, sources } = await openProject(cli);
  return { plan: named("source", word, sources), projectDir: dir };
}

export interface DestinationWords {
  readonly destination?: string;
  readonly connection?: string;
}

/** The destination that the options name; without any, the project's only one. @throws UsageError */
export async function findDestination(cli: Cli, words: DestinationWords): Promise<ConnectorUse> {
  const { destination, connection } = words;
  if (destination !== undefined && isLocation(cli, destination)) {
    const plan = destinationAt(destination, cli.cwd);
    rememberPasswords(cli, plan.config);
    refuseMissing(cli, plan.config.path, destination);
    return { plan, projectDir: cli.cwd };
  }
  const { dir, destinations, connections } = await openProject(cli);
  if (connection !== undefined) {
    return { plan: named("connection", connection, connections).destination, projectDir: dir };
  }
  if (destination !== undefined) return { plan: named("destination", destination, destinations), projectDir: dir };
  const [only, ...others] = destinations.values();
  if (only !== undefined && others.length === 0) return { plan: only, projectDir: dir };
  throw new UsageError("usage.which_destination", `the project has ${destinations.size} destinations`, {
    hint: `name one with --destination: ${[...destinations.keys()].join(", ")}`,
  });
}

/** A plain word is a name in the project; a file or folder only where there is no project. */
function isLocation(cli: Cli, word: string): boolean {
  if (looksLikeLocation(word)) return true;
  const inProject = cli.options.project !== undefined || nearestProject(cli.cwd) !== undefined;
  return !inProject && existsSync(resolve(cli.cwd, word));
}

/** To look at a file must not make it. */
function refuseMissing(cli: Cli, path: unknown, word: string): void {
  if (typeof path !== "string" || existsSync(resolve(cli.cwd, path))) return;
  throw new UsageError("usage.no_such_file", `there is no file or folder '${word}'`, { hint: "check the path" });
}

function named<T>(kind: string, name: string, all: ReadonlyMap<string, T>): T {
  const one = all.get(name);
  if (one !== undefined) return one;
  const near = nearest(name, [...all.keys()]);
  throw new UsageError(`usage.unknown_${kind}`, `there is no ${kind} '${name}' in sluice.yaml`, {
    hint: near === undefined ? `it has ${[...all.keys()].join(", ")}` : `did you mean '${near}'?`,
  });
}
