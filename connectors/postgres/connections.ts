import type { ConnectorContext } from "../../sdk/context.js";
import { cancelStatement } from "../../sdk/sql/postgres/cancel-statement.js";
import { connect, type PostgresClient } from "../../sdk/sql/postgres/connect.js";
import type { PostgresConfig } from "./config.js";

/** The connections of an opened source: kept for the next stream while they are idle, all closed at the end. */
export interface Connections {
  /**
   * Runs `work` with a connection of its own. When `signal` aborts, the statement is cancelled at the server and `use`
   * throws `signal.reason`. After an error the connection is closed, otherwise it is kept.
   */
  use<Result>(signal: AbortSignal, work: (client: PostgresClient) => Promise<Result>): Promise<Result>;
  /** A connection that the caller gives back by `give` (clean) or `drop` (in any state). */
  take(signal: AbortSignal): Promise<PostgresClient>;
  give(client: PostgresClient): void;
  drop(client: PostgresClient): void;
  /** Process ids of our backends at the server. */
  readonly backends: ReadonlySet<number>;
  close(): Promise<void>;
}

export function createConnections(config: PostgresConfig, context: ConnectorContext): Connections {
  const idle: PostgresClient[] = [];
  const open = new Map<PostgresClient, () => void>();
  const backends = new Set<number>();

  const connections: Connections = {
    backends,
    async take(signal) {
      signal.throwIfAborted();
      const client = idle.pop() ?? (await connect(config, { projectDir: context.projectDir, signal }));
      const backend = backendOf(client);
      if (backend !== undefined) backends.add(backend);
      const abort = () => void cancelStatement(client);
      signal.addEventListener("abort", abort, { once: true });
      open.set(client, () => signal.removeEventListener("abort", abort));
      return client;
    },
    give(client) {
      open.get(client)?.();
      open.delete(client);
      if (!client.connection.stream.destroyed) idle.push(client);
    },
    drop(client) {
      open.get(client)?.();
      open.delete(client);
      client.connection.stream.destroy();
    },
    async use(signal, work) {
      const client = await connections.take(signal);
      try {
        const result = await work(client);
        connections.give(client);
        return result;
      } catch (error) {
        connections.drop(client);
        signal.throwIfAborted();
        throw error;
      }
    },
    async close() {
      for (const client of open.keys()) connections.drop(client);
      await Promise.all(idle.splice(0).map((client) => client.end()));
    },
  };
  return connections;
}

function backendOf(client: PostgresClient): number | undefined {
  return "processID" in client && typeof client.processID === "number" ? client.processID : undefined;
}
