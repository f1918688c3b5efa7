import { Socket } from "node:net";
import type { ConnectorContext } from "../../sdk/context.js";
import { SystemError } from "../../sdk/errors.js";
import { connect, type PostgresClient, serverName } from "../../sdk/sql/postgres/connect.js";
import { connectionSettings } from "../../sdk/sql/postgres/connection-settings.js";
import type { PostgresConfig } from "./config.js";
import { destinationError } from "./destination-error.js";

/** One connection to the destination and what may be asked of it. Values come as the server's text, or null. */
export interface Session {
  /** `host:port/database`, for messages. */
  readonly server: string;
  readonly client: PostgresClient;
  /** The server process of this connection: its id, and when it began, since ids come again. */
  readonly process: ServerProcess;
  /** Rows of one statement. */
  rows<Row extends Values>(sql: string, parameters?: readonly Parameter[]): Promise<Row[]>;
  /** Runs one or several statements; returns how many rows the last one touched. */
  run(sql: string): Promise<number>;
  /** Ends the transaction. @throws SystemError `destination.not_committed` where it had failed before */
  commit(): Promise<void>;
  /** Gives up the connection and logs in anew. */
  reconnect(): Promise<void>;
  close(): Promise<void>;
}

/** A server that has gone away without a word is noticed after about this long and ten probes, even in a COMMIT. */
const keepAliveMillis = 10_000;

export interface ServerProcess {
  readonly pid: number;
  readonly startedAt: string;
}

export type Values = Readonly<Record<string, string | null>>;
export type Parameter = string | number | null;

/**
 * Logs in; the session commits to disk before it answers, whatever the role's own setting is.
 * @throws ConfigError or TransientError
 */
export async function openSession(config: PostgresConfig, context: ConnectorContext): Promise<Session> {
  let { client, process } = await logIn(config, context);
  const server = serverName(connectionSettings(config));
  return {
    server,
    get client() {
      return client;
    },
    get process() {
      return process;
    },
    async rows<Row extends Values>(sql: string, parameters: readonly Parameter[] = []) {
      try {
        return (await client.query<Row>(sql, [...parameters])).rows;
      } catch (error) {
        throw destinationError(error, server);
      }
    },
    async run(sql) {
      try {
        const results = await client.query(sql);
        const last = Array.isArray(results) ? results.at(-1) : results;
        return last?.rowCount ?? 0;
      } catch (error) {
        throw destinationError(error, server);
      }
    },
    async commit() {
      try {
        const { command } = await client.query("COMMIT");
        if (command === "COMMIT") return;
      } catch (error) {
        throw destinationError(error, server);
      }
      throw new SystemError("destination.not_committed", `${server}: the transaction had failed and was rolled back`);
    },
    async reconnect() {
      client.connection.stream.destroy();
      ({ client, process } = await logIn(config, context));
    },
    close: () => client.end(),
  };
}

async function logIn(
  config: PostgresConfig,
  context: ConnectorContext,
): Promise<{ client: PostgresClient; process: ServerProcess }> {
  const client = await connect(config, context);
  const { stream } = client.connection;
  if (stream instanceof Socket) stream.setKeepAlive(true, keepAliveMillis);
  const { rows } = await client.query<{ pid: string; started_at: string }>(
    `select pid, backend_start as started_at, set_config('synchronous_commit', 'on', false),
            set_config('lock_timeout', '${config.lock_timeout * 1000}', false)
     from pg_catalog.pg_stat_activity where pid = pg_backend_pid()`,
  );
  return { client, process: { pid: Number(rows[0]?.pid), startedAt: rows[0]?.started_at ?? "" } };
}
