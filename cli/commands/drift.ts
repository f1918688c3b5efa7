import { failureCode } from "../../core/sync/report.js";
import { chooseConnections } from "../choose-connections.js";
import type { Cli } from "../cli.js";
import { openProject } from "../open-project.js";
import { type ConnectionDrift, driftDocument, renderDrift } from "../output/drift-document.js";
import { print, printDocument } from "../output/print.js";
import { previewed } from "../previewed.js";
import { withDestination } from "../with-connector.js";

export interface DriftInput {
  readonly connections: readonly string[];
  /** How many earlier decisions to show of each connection. */
  readonly history: number;
}

/** `sluice drift`: what has changed at the source since the last sync, and what was decided about earlier changes. */
export async function showDrift(cli: Cli, { connections, history }: DriftInput): Promise<number> {
  const project = await openProject(cli);
  const found: ConnectionDrift[] = [];
  for (const connection of chooseConnections(project, { names: connections, streams: [] })) {
    const preview = await previewed(cli, project, connection);
    const end = { plan: connection.destination, projectDir: project.dir };
    const decided = await withDestination(cli, end, (destination, { capabilities }) =>
      destination.driftRecords(connection.schema ?? capabilities.defaultSchema, Number.MAX_SAFE_INTEGER),
    );
    const own = decided.filter((row) => row.connection === connection.name);
    found.push({ preview, decided: own.slice(0, history) });
  }
  printDocument(cli, { connections: found.map(driftDocument) });
  for (const one of found) print(cli, renderDrift(one, cli.paint));
  return failureCode(found.map(({ preview }) => preview.error));
}
