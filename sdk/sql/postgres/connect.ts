import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { ConnectionOptions } from "node:tls";
import pg from "pg";
import type { ConnectorContext } from "../../context.js";
import { ConfigError } from "../../errors.js";
import type { ConnectionConfig } from "./connection-config.js";
import { type ConnectionSettings, connectionSettings } from "./connection-settings.js";
import { pinSession } from "./pin.js";
import { postgresError } from "./postgres-error.js";
import { receivingSocket } from "./receiving-socket.js";

/** A logged-in connection. Every value of a result is the server's own text (or null): no type is parsed. */
export type PostgresClient = pg.Client;

/**
 * Logs in and pins the session: UTC, ISO dates, UTF-8, every digit of a float, no timeouts of the role.
 * A connection that breaks while idle is reported by the next query.
 * @throws ConfigError or TransientError that names the server and the fix, never the password
 */
export async function connect(
  config: ConnectionConfig,
  context: Pick<ConnectorContext, "projectDir" | "signal">,
): Promise<PostgresClient> {
  const settings = connectionSettings(config);
  // One of our own: with more than ten listeners on the signal that all connections share, Node warns of a leak.
  const signal = AbortSignal.any([context.signal]);
  try {
    const client = await logIn(settings, await tlsOptions(settings, context.projectDir), signal);
    await client.query(pinSession);
    return client;
  } catch (error) {
    context.signal.throwIfAborted();
    throw postgresError(error, { server: serverName(settings), user: settings.user });
  }
}

/** A server and database as messages name them: `host:port/database`. */
export function serverName(settings: Pick<ConnectionSettings, "host" | "port" | "database" | "user">): string {
  return `${settings.host}:${settings.port}/${settings.database ?? settings.user ?? ""}`;
}

async function logIn(
  settings: ConnectionSettings,
  ssl: ConnectionOptions | false,
  signal: AbortSignal,
): Promise<PostgresClient> {
  const { host, port, user, database, options } = settings;
  const client = new pg.Client({
    host,
    port,
    user,
    database,
    options,
    ssl,
    // TLS has a socket of its own.
    ...(ssl === false ? { stream: receivingSocket } : {}),
    password: () => password(settings),
    application_name: "sluice",
    keepAlive: true,
    connectionTimeoutMillis: settings.connectTimeoutSeconds * 1000,
    types: { getTypeParser: () => (text: string) => text },
  });
  client.on("error", ignore);
  const abort = () => client.connection.stream.destroy();
  signal.throwIfAborted();
  signal.addEventListener("abort", abort, { once: true });
  try {
    await client.connect();
    return client;
  } catch (error) {
    client.connection.stream.destroy();
    const plain = settings.sslmode === "prefer" && ssl !== false && refusesTls(error);
    if (plain) return await logIn(settings, false, signal);
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** The driver has no code for the server's "N" to a TLS request, only this text. */
function refusesTls(error: unknown): boolean {
  return error instanceof Error && error.message === "The server does not support SSL connections";
}

async function password(settings: ConnectionSettings): Promise<string> {
  const { host, port, user, database } = settings;
  if (settings.password !== undefined) return settings.password;
  const { default: pgpass } = await import("pgpass");
  const name = user ?? process.env.USER ?? "";
  const found = await new Promise<string | undefined>((done) =>
    pgpass({ host, port, user: name, database: database ?? name }, done),
  );
  if (found !== undefined) return found;
  throw new ConfigError("postgres.password_missing", `${serverName(settings)} asks for a password and none is set`, {
    hint: "set password, the URL's password, PGPASSWORD, or a line in ~/.pgpass (mode 0600)",
  });
}

/** libpq's meanings: `require` verifies only where a root certificate is given; `verify-ca` does not look at the name. */
async function tlsOptions(settings: ConnectionSettings, folder: string): Promise<ConnectionOptions | false> {
  const { sslmode, sslrootcert, sslcert, sslkey } = settings;
  if (sslmode === "disable" || settings.host.startsWith("/")) return false;
  const verifies = sslmode.startsWith("verify") || (sslmode === "require" && sslrootcert !== undefined);
  return {
    rejectUnauthorized: verifies,
    ...(verifies && sslmode !== "verify-full" ? { checkServerIdentity: ignore } : {}),
    ...(sslrootcert === undefined || sslrootcert === "system"
      ? {}
      : { ca: await pem("sslrootcert", sslrootcert, folder) }),
    ...(sslcert === undefined ? {} : { cert: await pem("sslcert", sslcert, folder) }),
    ...(sslkey === undefined ? {} : { key: await pem("sslkey", sslkey, folder) }),
  };
}

async function pem(setting: string, path: string, folder: string): Promise<Buffer> {
  try {
    return await readFile(resolve(folder, path));
  } catch (cause) {
    throw new ConfigError("postgres.certificate_unreadable", `${setting}: cannot read ${path}`, {
      hint: `name a PEM file that this user may read; relative paths start at ${folder}`,
      cause,
    });
  }
}

function ignore(): undefined {
  return undefined;
}
