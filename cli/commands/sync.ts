import { placeOfError } from "../../core/project/place-of-error.js";
import { chooseConnections } from "../choose-connections.js";
import type { Cli } from "../cli.js";
import { openProject } from "../open-project.js";
import { runAndReport } from "../run-and-report.js";

export interface SyncInput {
  readonly connections: readonly string[];
  readonly stream: readonly string[];
  readonly fullRefresh: boolean;
  readonly maxMemory?: number;
}

/** `sluice sync`: runs the connections of a project. */
export async function sync(cli: Cli, { connections, stream, fullRefresh, maxMemory }: SyncInput): Promise<number> {
  const project = await openProject(cli);
  const chosen = chooseConnections(project, { names: connections, streams: stream });
  return runAndReport(cli, {
    projectDir: project.dir,
    history: project.store,
    maxMemory,
    placeOf: (connection, error) => placeOfError(project.text, connection, error),
    connections: chosen.map((connection) => ({ ...connection, fullRefresh })),
  });
}
