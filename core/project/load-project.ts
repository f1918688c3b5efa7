import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type StoreLocation, storeLocation } from "../store/store-location.js";
import { type ConnectionPlan, type ConnectorPlan, defaultCommitLimits } from "../sync/plan.js";
import { checkConfig } from "./check-config.js";
import { checkConnections } from "./check-connections.js";
import { type ConnectorCheck, type Connectors, checkConnector } from "./check-connector.js";
import { checkMasks } from "./check-masks.js";
import { type Environment, projectEnvironment } from "./environment.js";
import { projectFileName } from "./find-project.js";
import { interpolate } from "./interpolate.js";
import { type Place, type Problem, ProjectError } from "./problem.js";
import { type FileConnection, projectSchema } from "./project-schema.js";
import { type Path, type ProjectText, parseProjectText } from "./project-text.js";
import type { Redactor } from "./redactor.js";
import { resolveStreams } from "./resolve-streams.js";

/** A project: `sluice.yaml` read, validated whole, with every reference and option resolved. */
export interface Project {
  /** The folder the file is in. */
  readonly dir: string;
  /** The file, for the places of what it says. */
  readonly text: ProjectText;
  readonly sources: ReadonlyMap<string, ConnectorPlan>;
  readonly destinations: ReadonlyMap<string, ConnectorPlan>;
  readonly connections: ReadonlyMap<string, ProjectConnection>;
  /** Where the history of runs is kept. */
  readonly store: StoreLocation;
}

export interface ProjectConnection extends ConnectionPlan {
  /** Its source and destination by their names in the file. */
  readonly sourceName: string;
  readonly destinationName: string;
  /** Whether the file says when it is due, which this version leaves to cron or an orchestrator. */
  readonly isScheduled: boolean;
}

export interface LoadOptions {
  readonly dir: string;
  readonly env: Environment;
  readonly sources: Connectors;
  readonly destinations: Connectors;
  /** Learns every secret of the file. */
  readonly redactor: Redactor;
}

/**
 * Reads the project in a folder.
 * @throws ProjectError with everything that is wrong with the file
 */
export async function loadProject(options: LoadOptions): Promise<Project> {
  const text = parseProjectText(readFileSync(join(options.dir, projectFileName), "utf8"), projectFileName);
  const { file, isReference } = validFile(text, options);
  const problems = [
    ...checkConnections(file, text),
    ...checkMasks({ file, text, redactor: options.redactor, isReference }),
  ];
  const check = async (kind: ConnectorCheck["kind"], connectors: Connectors) => {
    const entries = Object.entries(kind === "source" ? file.sources : file.destinations);
    const checked = await Promise.all(
      entries.map(async ([name, entry]) => {
        const { redactor, dir: projectDir } = options;
        const result = await checkConnector({ kind, name, entry, connectors, projectDir, text, redactor, isReference });
        problems.push(...result.problems);
        return [name, result.plan] as const;
      }),
    );
    return new Map(checked);
  };
  const [sources, destinations] = await Promise.all([
    check("source", options.sources),
    check("destination", options.destinations),
  ]);
  if (problems.length > 0) throw new ProjectError(inOrder(problems));
  const setting = options.env.SLUICE_STORE || file.store;
  if (setting !== undefined) options.redactor.remember(setting);
  const store = storeLocation(options.dir, setting);
  const connections = Object.entries(file.connections).map(
    ([name, connection]) => [name, planned(name, connection, { dir: options.dir, sources, destinations })] as const,
  );
  return { dir: options.dir, text, sources, destinations, connections: new Map(connections), store };
}

/** The file with its references replaced, in its schema's shape. */
function validFile(text: ProjectText, { dir, env }: LoadOptions) {
  const problems: Problem[] = [];
  const references = new Set<string>();
  const isReference = (path: Path) => references.has(JSON.stringify(path));
  const value = interpolate(text.value ?? {}, {
    env: projectEnvironment(dir, env),
    dir,
    onReference: (path) => references.add(JSON.stringify(path)),
    onProblem: ({ path, offset, length, message, hint }) =>
      problems.push({ code: "project.unresolved", message, hint, place: text.placeInside(path, offset, length) }),
  });
  const checked = checkConfig({ text, schema: projectSchema, at: [], value, isReference });
  // What a reference should have stood for is missing: what the schema says of that is no second problem.
  problems.push(
    ...checked.problems.filter(({ place }) => !problems.some((unresolved) => isWithin(unresolved.place, place))),
  );
  if (problems.length > 0) throw new ProjectError(inOrder(problems));
  return { file: projectSchema.parse(checked.value), isReference };
}

function isWithin(inner: Place, outer: Place): boolean {
  return inner.line === outer.line && inner.column >= outer.column && inner.column < outer.column + outer.length;
}

function inOrder(problems: readonly Problem[]): Problem[] {
  return [...problems].sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column);
}

function planned(
  name: string,
  connection: FileConnection,
  { dir, sources, destinations }: Pick<Project, "dir" | "sources" | "destinations">,
): ProjectConnection {
  return {
    name,
    sourceName: connection.source,
    destinationName: connection.destination,
    source: sources.get(connection.source)!,
    destination: destinations.get(connection.destination)!,
    schema: connection.schema ?? name,
    streams: resolveStreams(connection, dir),
    commit: {
      bytes: connection.commit?.bytes ?? defaultCommitLimits.bytes,
      seconds: connection.commit?.seconds ?? defaultCommitLimits.seconds,
    },
    fullRefresh: false,
    isScheduled: connection.schedule !== undefined,
  };
}
