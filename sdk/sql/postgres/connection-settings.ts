import { ConfigError } from "../../errors.js";
import { type ConnectionConfig, type SslMode, sslModes } from "./connection-config.js";

/** Where and how to connect, URL and fields joined. The password is in clear: keep it inside this folder. */
export interface ConnectionSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  readonly sslmode: SslMode;
  readonly sslrootcert: string | undefined;
  readonly sslcert: string | undefined;
  readonly sslkey: string | undefined;
  readonly connectTimeoutSeconds: number;
  /** Command-line options for the backend, as libpq's `options`. */
  readonly options: string | undefined;
}

/**
 * Joins the URL, the fields and the environment's PG* variables.
 * @throws ConfigError `postgres.url_invalid` or `postgres.setting_invalid`; the URL itself is never in the message
 */
export function connectionSettings(config: ConnectionConfig): ConnectionSettings {
  const url = config.url === undefined ? {} : parseUrl(config.url.reveal());
  const env = process.env;
  return {
    host: config.host ?? url.host ?? env.PGHOST ?? "localhost",
    port: config.port ?? integer("port", url.port ?? env.PGPORT) ?? 5432,
    user: config.user ?? url.user ?? env.PGUSER,
    password: config.password?.reveal() ?? url.password ?? env.PGPASSWORD,
    database: config.database ?? url.dbname ?? env.PGDATABASE,
    sslmode: config.sslmode ?? sslMode(url.sslmode ?? env.PGSSLMODE) ?? "prefer",
    sslrootcert: config.sslrootcert ?? url.sslrootcert ?? env.PGSSLROOTCERT,
    sslcert: config.sslcert ?? url.sslcert ?? env.PGSSLCERT,
    sslkey: config.sslkey ?? url.sslkey ?? env.PGSSLKEY,
    connectTimeoutSeconds: config.connect_timeout ?? integer("connect_timeout", url.connect_timeout) ?? 15,
    options: url.options ?? env.PGOPTIONS,
  };
}

/** The parts of a connection URL by their libpq names (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS). */
function parseUrl(text: string): Readonly<Record<string, string | undefined>> {
  let url: URL;
  try {
    url = new URL(text);
    // An @ in the path is what is left of a password with an unescaped slash.
    if (!/^postgres(ql)?:$/.test(url.protocol) || url.pathname.includes("@")) throw new TypeError("not a Postgres URL");
    return {
      ...part("host", url.hostname.replace(/^\[(.*)\]$/, "$1")),
      ...part("port", url.port),
      ...part("user", url.username),
      ...part("password", url.password),
      ...part("dbname", url.pathname.slice(1)),
      ...Object.fromEntries(url.searchParams),
    };
  } catch {
    throw new ConfigError("postgres.url_invalid", "the connection URL cannot be understood", {
      hint: "write postgres://user:password@host:5432/database, with %40 for @, %2F for / and %23 for # in the password",
    });
  }
}

function part(name: string, value: string): Record<string, string> {
  return value === "" ? {} : { [name]: decodeURIComponent(value) };
}

function integer(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw invalid(name, text, "a whole number");
}

function sslMode(text: string | undefined): SslMode | undefined {
  if (text === undefined || text === "allow") return undefined;
  const mode = sslModes.find((known) => known === text);
  if (mode === undefined) throw invalid("sslmode", text, `one of ${sslModes.join(", ")}`);
  return mode;
}

function invalid(name: string, text: string, expected: string): ConfigError {
  return new ConfigError("postgres.setting_invalid", `${name} is ${JSON.stringify(text)}`, {
    hint: `give ${expected} in the URL or the environment`,
  });
}
