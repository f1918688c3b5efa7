import { placeOfError } from "../../core/project/place-of-error.js";
import { repairStream } from "../../core/repair/repair-stream.js";
import type { ConnectionJob } from "../../core/sync/ends.js";
import { defaultMaxMemoryBytes } from "../../core/sync/plan.js";
import { failureCode } from "../../core/sync/report.js";
import { verifyConnection } from "../../core/verify/verify-connection.js";
import { chooseConnections } from "../choose-connections.js";
import type { Cli } from "../cli.js";
import { openProject } from "../open-project.js";
import { print, printDocument } from "../output/print.js";
import { renderVerdicts } from "../output/render-verdicts.js";
import { placed, withoutSecrets } from "../output/shown-error.js";
import { type ConnectionVerdict, verdictDocument } from "../output/verdict-document.js";
import { placedError } from "../placed-error.js";
import { runAndReport } from "../run-and-report.js";

export interface VerifyInput {
  readonly connections: readonly string[];
  readonly stream: readonly string[];
  readonly keys: number;
  /** Read again what is missing or different, and remove what the source does not have. */
  readonly repair: boolean;
  readonly maxMemory?: number;
}

/** Tables and sources that are not the same: the data's owner acts. */
const exitDifferent = 9;

/** `sluice verify`: compares each stream with its table, and names the keys that differ. Nothing is changed but with
 * `--repair`. */
export async function verify(cli: Cli, input: VerifyInput): Promise<number> {
  const { connections, stream, keys, repair, maxMemory = defaultMaxMemoryBytes } = input;
  const project = await openProject(cli);
  if (repair) {
    return runAndReport(cli, {
      projectDir: project.dir,
      maxMemory,
      placeOf: (name, error) => placeOfError(project.text, name, error),
      connections: chooseConnections(project, { names: connections, streams: stream }),
      kind: "repair",
      work: repairStream,
    });
  }
  const verdicts: ConnectionVerdict[] = [];
  for (const connection of chooseConnections(project, { names: connections, streams: stream })) {
    const run = {
      runId: "verify",
      projectDir: project.dir,
      maxMemoryBytes: maxMemory,
      registries: { sources: cli.sourcesModule, destinations: cli.destinations },
    };
    const job: ConnectionJob = { run, connection, signal: cli.interruption.signal, onEvent() {} };
    const { name } = connection;
    try {
      const streams = await verifyConnection(job, keys);
      const shown = streams.map((one) => ({
        ...one,
        error:
          one.error && placed(withoutSecrets(one.error, cli.redactor), placeOfError(project.text, name, one.error)),
      }));
      verdicts.push({ connection: name, streams: shown, error: null });
    } catch (thrown) {
      cli.interruption.signal.throwIfAborted();
      verdicts.push({ connection: name, streams: [], error: placedError(cli, project, name, thrown) });
    }
  }
  const failed = failureCode(verdicts.flatMap(({ error, streams }) => [error, ...streams.map((one) => one.error)]));
  const differs = verdicts.some(({ streams }) => streams.some(({ status }) => status === "different"));
  const exitCode = failed === 0 && differs ? exitDifferent : failed;
  printDocument(cli, { exit_code: exitCode, connections: verdicts.map(verdictDocument) });
  for (const verdict of verdicts) print(cli, renderVerdicts(verdict, cli.paint));
  return exitCode;
}
