import { failureCode } from "../../core/sync/report.js";
import { chooseConnections } from "../choose-connections.js";
import type { Cli } from "../cli.js";
import { openProject } from "../open-project.js";
import { type ConnectionPreview, changesSchema, planDocument } from "../output/plan-document.js";
import { print, printDocument } from "../output/print.js";
import { renderPlan } from "../output/render-plan.js";
import { previewed } from "../previewed.js";

export interface PlanInput {
  readonly connections: readonly string[];
  readonly stream: readonly string[];
  readonly fullRefresh: boolean;
  /** Whether tables that would change are an exit code of their own. */
  readonly exitCode: boolean;
}

/** The exit code of a plan that changes tables, where it was asked for. */
const exitChanges = 10;

/** `sluice plan`: what a sync would do. Nothing is changed. */
export async function plan(cli: Cli, { connections, stream, fullRefresh, exitCode }: PlanInput): Promise<number> {
  const project = await openProject(cli);
  const previews: ConnectionPreview[] = [];
  for (const connection of chooseConnections(project, { names: connections, streams: stream })) {
    previews.push(await previewed(cli, project, { ...connection, fullRefresh }));
  }
  printDocument(cli, { connections: previews.map(planDocument) });
  for (const preview of previews) print(cli, renderPlan(preview, cli.paint));
  const failed = failureCode(
    previews.flatMap(({ error, streams, lost }) => [error, ...[...lost, ...streams].map((one) => one.error)]),
  );
  const changes = previews.some(({ streams }) => streams.some(changesSchema));
  return failed === 0 && exitCode && changes ? exitChanges : failed;
}
