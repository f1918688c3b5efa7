import type { ConnectionJob } from "../../core/sync/ends.js";
import { defaultMaxMemoryBytes } from "../../core/sync/plan.js";
import { previewConnection } from "../../core/sync/preview.js";
import { failureCode } from "../../core/sync/report.js";
import { chooseConnections } from "../choose-connections.js";
import type { Cli } from "../cli.js";
import { openProject } from "../open-project.js";
import { type ConnectionPreview, planDocument } from "../output/plan-document.js";
import { print, printDocument } from "../output/print.js";
import { renderPlan } from "../output/render-plan.js";
import type { ShownError } from "../output/shown-error.js";
import { placedError } from "../placed-error.js";

export interface PlanInput {
  readonly connections: readonly string[];
  readonly stream: readonly string[];
  readonly fullRefresh: boolean;
}

/** `sluice plan`: what a sync would do. Nothing is changed. */
export async function plan(cli: Cli, { connections, stream, fullRefresh }: PlanInput): Promise<number> {
  const project = await openProject(cli);
  const previews: ConnectionPreview[] = [];
  for (const connection of chooseConnections(project, { names: connections, streams: stream })) {
    const run = {
      runId: "plan",
      projectDir: project.dir,
      maxMemoryBytes: defaultMaxMemoryBytes,
      registries: { sources: cli.sourcesModule, destinations: cli.destinations },
    };
    const job = { run, connection: { ...connection, fullRefresh }, signal: cli.interruption.signal, onEvent() {} };
    previews.push(await previewed(job, (thrown) => placedError(cli, project, connection.name, thrown)));
  }
  printDocument(cli, { connections: previews.map(planDocument) });
  for (const preview of previews) print(cli, renderPlan(preview, cli.paint));
  return failureCode(previews.flatMap(({ error, streams }) => [error, ...streams.map((one) => one.error)]));
}

async function previewed(job: ConnectionJob, shown: (thrown: unknown) => ShownError): Promise<ConnectionPreview> {
  const connection = job.connection.name;
  try {
    return { connection, streams: await previewConnection(job), error: null };
  } catch (error) {
    job.signal.throwIfAborted();
    return { connection, streams: [], error: shown(error) };
  }
}
