import type { Project, ProjectConnection } from "../core/project/load-project.js";
import { nearest } from "../core/schema/nearest.js";
import { matches } from "../core/sync/match-streams.js";
import type { StreamSelection } from "../core/sync/plan.js";
import { ConfigError } from "../sdk/errors.js";
import { UsageError } from "./usage-error.js";

export interface Choice {
  /** Connections by name; empty: all. */
  readonly names: readonly string[];
  /** Streams, with * for any characters; empty: all. */
  readonly streams: readonly string[];
}

/**
 * The connections and streams that a command line names.
 * @throws UsageError for a name that is none · ConfigError for a project without connections
 */
export function chooseConnections(
  { connections }: Pick<Project, "connections">,
  { names, streams }: Choice,
): ProjectConnection[] {
  if (connections.size === 0) {
    throw new ConfigError("project.no_connections", "sluice.yaml has no connections", {
      hint: "add one under connections: with its source and destination",
    });
  }
  const chosen =
    names.length === 0 ? [...connections.values()] : [...new Set(names)].map((name) => named(name, connections));
  if (streams.length === 0) return chosen;
  for (const stream of streams) {
    if (chosen.some((connection) => narrowed(connection.streams, stream).length > 0)) continue;
    const known = chosen.flatMap((connection) => connection.streams.map((selection) => selection.pattern));
    throw new UsageError("usage.unknown_stream", `no connection takes the stream '${stream}'`, {
      stream,
      hint: suggestion(stream, known, "sluice.yaml takes"),
    });
  }
  return chosen
    .map((connection) => ({
      ...connection,
      streams: streams.flatMap((stream) => narrowed(connection.streams, stream)),
    }))
    .filter((connection) => connection.streams.length > 0);
}

function named(name: string, connections: Project["connections"]): ProjectConnection {
  const connection = connections.get(name);
  if (connection !== undefined) return connection;
  throw new UsageError("usage.unknown_connection", `there is no connection '${name}' in sluice.yaml`, {
    hint: suggestion(name, [...connections.keys()], "it has"),
  });
}

/** The part of a connection's streams that `wanted` names: those it matches, or itself where a pattern takes it. */
function narrowed(selections: readonly StreamSelection[], wanted: string): StreamSelection[] {
  const exact = selections.find((selection) => selection.pattern === wanted);
  if (exact !== undefined) return [exact];
  const within = wanted.includes("*") ? selections.filter((selection) => matches(wanted, selection.pattern)) : [];
  const around = selections.find((selection) => matches(selection.pattern, wanted));
  return around === undefined ? within : [...within, { pattern: wanted, options: around.options }];
}

function suggestion(name: string, known: readonly string[], has: string): string {
  const near = nearest(name, known);
  return near === undefined ? `${has} ${known.join(", ")}` : `did you mean '${near}'?`;
}
