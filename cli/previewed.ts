import type { Project, ProjectConnection } from "../core/project/load-project.js";
import { placeOfError } from "../core/project/place-of-error.js";
import { defaultMaxMemoryBytes } from "../core/sync/plan.js";
import { previewConnection } from "../core/sync/preview.js";
import type { Cli } from "./cli.js";
import type { ConnectionPreview } from "./output/plan-document.js";
import { placed } from "./output/shown-error.js";
import { placedError } from "./placed-error.js";

/** What a sync of a connection would do; what would stop it is part of the answer. */
export async function previewed(cli: Cli, project: Project, connection: ProjectConnection): Promise<ConnectionPreview> {
  const { signal } = cli.interruption;
  const run = {
    runId: "plan",
    projectDir: project.dir,
    maxMemoryBytes: defaultMaxMemoryBytes,
    registries: { sources: cli.sourcesModule, destinations: cli.destinations },
  };
  const { name } = connection;
  try {
    const { streams, lost } = await previewConnection({ run, connection, signal, onEvent() {} });
    const inPlace = streams.map((one) =>
      one.error === null ? one : { ...one, error: placed(one.error, placeOfError(project.text, name, one.error)) },
    );
    const stopped = lost.map(({ id, error }) => ({ stream: id, error: placedError(cli, project, name, error) }));
    return { connection: name, streams: inPlace, lost: stopped, error: null };
  } catch (error) {
    signal.throwIfAborted();
    return { connection: name, streams: [], lost: [], error: placedError(cli, project, name, error) };
  }
}
