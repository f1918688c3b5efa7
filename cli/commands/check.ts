import type { ProjectConnection } from "../../core/project/load-project.js";
import { findDestination } from "../../core/registry/find-connector.js";
import { failureCode } from "../../core/sync/report.js";
import { chooseConnections } from "../choose-connections.js";
import type { Cli } from "../cli.js";
import { openProject } from "../open-project.js";
import { print, printDocument } from "../output/print.js";
import { renderRecord } from "../output/render-error.js";
import type { ShownError } from "../output/shown-error.js";
import { placedError } from "../placed-error.js";
import { tryStreams } from "../try-streams.js";
import { withDestination, withSource } from "../with-connector.js";

/** One thing that was tried. */
interface Finding {
  readonly connection: string;
  readonly part: string;
  readonly error: ShownError | null;
}

/** `sluice check`: tries the source, the destination and each stream of the connections, and goes on after what fails. */
export async function check(cli: Cli, { connections }: { readonly connections: readonly string[] }): Promise<number> {
  const project = await openProject(cli);
  const findings: Finding[] = [];
  for (const connection of chooseConnections(project, { names: connections, streams: [] })) {
    print(cli, `\n${cli.paint.bold(connection.name)}`);
    if (connection.isScheduled)
      print(
        cli,
        `  its schedule starts nothing yet: let cron or an orchestrator call \`sluice sync ${connection.name}\``,
      );
    await checkConnection(cli, connection, project.dir, (part, thrown) => {
      cli.interruption.signal.throwIfAborted();
      const error = thrown === undefined ? null : placedError(cli, project, connection.name, thrown);
      findings.push({ connection: connection.name, part, error });
      print(cli, renderFinding(part, error, cli));
    });
  }
  const failed = findings.filter((finding) => finding.error !== null).length;
  const exitCode = failureCode(findings.map((finding) => finding.error));
  printDocument(cli, { status: failed === 0 ? "succeeded" : "failed", exit_code: exitCode, checks: findings });
  const { good, bad } = cli.paint;
  print(
    cli,
    failed === 0 ? `\n${good("✓")} all is in place` : `\n${bad("✗")} ${failed} of ${findings.length} checks failed`,
  );
  return exitCode;
}

/** Told each part that was tried, with what it threw. */
type Tell = (part: string, thrown?: unknown) => void;

async function checkConnection(cli: Cli, connection: ProjectConnection, projectDir: string, tell: Tell): Promise<void> {
  const destinationPart = `destination ${connection.destinationName}`;
  try {
    await withDestination(cli, { plan: connection.destination, projectDir }, (destination) => destination.check());
    tell(destinationPart);
  } catch (thrown) {
    tell(destinationPart, thrown);
  }
  const sourcePart = `source ${connection.sourceName}`;
  try {
    const { connector } = connection.destination;
    const { capabilities } = await findDestination(cli.destinations, { connector, projectDir });
    await withSource(cli, { plan: connection.source, projectDir }, async (source) => {
      await source.check();
      tell(sourcePart);
      const { signal } = cli.interruption;
      await tryStreams({
        source,
        connection,
        capabilities,
        signal,
        tell: (stream, thrown) => tell(`stream ${stream}`, thrown),
      });
    });
  } catch (thrown) {
    tell(sourcePart, thrown);
  }
}

function renderFinding(part: string, error: ShownError | null, { paint }: Cli): string {
  if (error === null) return `  ${paint.good("✓")} ${part}`;
  const [first = "", ...rest] = renderRecord(error, paint).trimEnd().split("\n");
  return [
    `  ${paint.bad("✗")} ${part}`,
    `    ${first.replace(paint.bad("✗"), "").trim()}`,
    ...rest.map((line) => `  ${line}`),
  ].join("\n");
}
