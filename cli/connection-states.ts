import type { Project, ProjectConnection } from "../core/project/load-project.js";
import { nearest } from "../core/schema/nearest.js";
import { loadState } from "../core/sync/stream-state.js";
import type { LoadRow, OpenDestination, StateRow } from "../sdk/destination.js";
import type { Cli } from "./cli.js";
import { UsageError } from "./usage-error.js";
import { withDestination } from "./with-connector.js";

/** The committed states of a connection, while its destination is open. */
export interface ConnectionStates {
  readonly destination: OpenDestination;
  /** The schema that holds them. */
  readonly schema: string | undefined;
  readonly states: readonly StateRow[];
  /** The latest loads of the connection, newest first. */
  readonly loads: readonly LoadRow[];
}

const loadsLookedAt = 1000;

/** Opens a connection's destination and reads its states. */
export function withStates<T>(
  cli: Cli,
  project: Project,
  connection: ProjectConnection,
  use: (states: ConnectionStates) => Promise<T>,
): Promise<T> {
  const end = { plan: connection.destination, projectDir: project.dir };
  return withDestination(cli, end, async (destination, { capabilities }) => {
    const schema = connection.schema ?? capabilities.defaultSchema;
    const own = (row: { readonly connection: string }) => row.connection === connection.name;
    const [states, loads] = [await destination.states(schema), await destination.loads(schema, loadsLookedAt)];
    return use({ destination, schema, states: states.filter(own), loads: loads.filter(own) });
  });
}

/** The state of the stream named; without a name, of the only one. @throws UsageError */
export function stateOf({ states }: Pick<ConnectionStates, "states">, stream: string | undefined): StateRow {
  const [only, ...others] = states;
  if (stream === undefined && only !== undefined && others.length === 0) return only;
  const names = states.map((state) => state.stream);
  if (stream === undefined) {
    throw new UsageError("usage.which_stream", "this needs a stream", {
      hint: `--stream, one of ${names.join(", ") || "none yet"}`,
    });
  }
  const found = states.find((state) => state.stream === stream);
  if (found !== undefined) return found;
  const near = nearest(stream, names);
  const hint =
    near !== undefined ? `did you mean '${near}'?` : `there are states of ${names.join(", ") || "no stream yet"}`;
  throw new UsageError("usage.unknown_stream", `there is no state of '${stream}'`, { stream, hint });
}

/** The source's part of a committed state: what `sluice state set` puts. */
export function sourceState(row: Pick<StateRow, "state">) {
  return loadState(row.state)?.source ?? null;
}
