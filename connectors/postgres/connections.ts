import type { ConnectorContext } from "../../sdk/context.js";
import { SystemError } from "../../sdk/errors.js";
import { cancelStatement } from "../../sdk/sql/postgres/cancel-statement.js";
import { connect, type PostgresClient, serverName } from "../../sdk/sql/postgres/connect.js";
import { connectionSettings } from "../../sdk/sql/postgres/connection-settings.js";
import { postgresError } from "../../sdk/sql/postgres/postgres-error.js";
import type { PostgresConfig } from "./config.js";

/** The connections of an opened source: kept for the next stream while they are idle, all closed at the end. */
export interface Connections {
  /**
   * Runs `work` with a connection of its own. When `signal` aborts, the statement is cancelled at the server and `use`
   * throws `signal.reason`. After an error the connection is closed, otherwise it is kept.
   * @throws SluiceError for every error of the server
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

/** @throws ConfigError for a URL or settings that cannot be understood */
export function createConnections(config: PostgresConfig, context: ConnectorContext): Connections {
  const settings = connectionSettings(config);
  const place = { server: serverName(settings), user: settings.user };
  const idle: PostgresClient[] = [];
  const open = new Map<PostgresClient, () => void>();
  const backends = new Set<number>();
  const cancelled = new WeakSet<PostgresClient>();
  const cancelling = new Set<Promise<void>>();
  const closed = new AbortController();

  const cancel = (client: PostgresClient) => {
    if (cancelled.has(client)) return;
    cancelled.add(client);
    backends.delete(backendOf(client));
    const request = cancelStatement(client).finally(() => cancelling.delete(request));
    cancelling.add(request);
  };

  function takeIdle(): PostgresClient | undefined {
    const client = idle.pop();
    return client?.connection.stream.destroyed === true ? takeIdle() : client;
  }

  const connections: Connections = {
    backends,
    async take(reader) {
      const signal = AbortSignal.any([reader, closed.signal]);
      signal.throwIfAborted();
      const client = takeIdle() ?? (await connect(config, { projectDir: context.projectDir, signal }));
      backends.add(backendOf(client));
      const abort = () => cancel(client);
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
      cancel(client);
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
        throw postgresError(error, place);
      }
    },
    async close() {
      closed.abort(new SystemError("source.closed", "the source was closed while it was read"));
      await Promise.all([...cancelling, ...idle.splice(0).map((client) => client.end())]);
    },
  };
  return connections;
}

/** 0 where the server, or a pooler, gave no process id. */
function backendOf(client: PostgresClient): number {
  return "processID" in client && typeof client.processID === "number" ? client.processID : 0;
}
