import { backfillStream } from "../../core/backfill/backfill-stream.js";
import { placeOfError } from "../../core/project/place-of-error.js";
import { chooseConnections } from "../choose-connections.js";
import type { Cli } from "../cli.js";
import { openProject } from "../open-project.js";
import { runAndReport } from "../run-and-report.js";

export interface BackfillInput {
  readonly connection: string;
  readonly stream: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly maxMemory?: number;
}

/** `sluice backfill`: a window of a stream again, while its own reading stays where it is. */
export async function backfill(cli: Cli, { connection, stream, from, to, maxMemory }: BackfillInput): Promise<number> {
  const project = await openProject(cli);
  return runAndReport(cli, {
    projectDir: project.dir,
    history: project.store,
    maxMemory,
    placeOf: (name, error) => placeOfError(project.text, name, error),
    connections: chooseConnections(project, { names: [connection], streams: stream }),
    kind: "backfill",
    work: (job) => backfillStream(job, { from, to }),
  });
}
