import { ConfigError, DataError, SluiceError, SystemError, TransientError } from "../../errors.js";

/** What an error message should name. */
export interface ErrorPlace {
  /** `host:port/database` */
  readonly server?: string;
  readonly user?: string | undefined;
  /** The stream as `namespace.name`. */
  readonly stream?: string;
}

interface Rule {
  readonly type: typeof ConfigError | typeof TransientError | typeof DataError;
  readonly code: string;
  readonly hint: string;
}

const config = (code: string, hint: string): Rule => ({ type: ConfigError, code: `postgres.${code}`, hint });
const transient = (code: string, hint: string): Rule => ({ type: TransientError, code: `postgres.${code}`, hint });
const data = (code: string, hint: string): Rule => ({ type: DataError, code: `postgres.${code}`, hint });

const lost = transient("connection_lost", "the run can be repeated: it goes on from the last committed state");
const unreachable = transient("unreachable", "check the network and that a firewall lets this machine through");
const untrusted = config(
  "certificate_untrusted",
  "set sslrootcert to the file of the authority that signed the server's certificate",
);

/** By SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html), by its class of two characters, or by Node's code. */
const rules: Readonly<Record<string, Rule>> = {
  "28P01": config("login_refused", "check user and password"),
  "28000": config("login_refused", "check the user, and that pg_hba.conf lets it in from here with this sslmode"),
  "3D000": config("database_missing", "check the database's name"),
  "42501": config("no_grant", "ask the owner for the grant: GRANT USAGE ON SCHEMA … and GRANT SELECT ON TABLE …"),
  "42P01": config("table_missing", "check schema and name, or discover the source again"),
  "42703": config("column_missing", "discover the source again: the table has changed"),
  "3F000": config("schema_missing", "check the schema's name"),
  "25006": config("read_only", "connect to the primary server: this one takes no writes"),
  "0A000": config("not_supported", "the server is too old or does not allow this"),
  "42": config("sql_refused", "check the SQL and the names in it"),
  "53300": transient("too_many_connections", "wait, lower the parallelism, or raise max_connections"),
  "53100": transient("disk_full", "free space on the server's disk, then repeat the run"),
  "53": transient("out_of_resources", "the server is out of memory or another resource; repeat the run later"),
  "57P03": transient("starting", "the server is starting, stopping or recovering; repeat the run later"),
  "57014": transient("statement_cancelled", "somebody or a timeout cancelled the statement; repeat the run"),
  "57": lost,
  "08": lost,
  "55P03": transient("lock_timeout", "another session holds a lock on the table; repeat the run later"),
  "55": transient("not_ready", "another session uses the object; repeat the run later"),
  "40": transient("conflict", "another transaction was in the way; repeat the run"),
  "72": transient("snapshot_too_old", "raise old_snapshot_threshold on the server or read in smaller pieces"),
  "22021": data("encoding_invalid", "the text is not valid in its encoding; correct it at the source"),
  "22P05": data("encoding_invalid", "the text has a character that the other encoding lacks"),
  "22": data("value_refused", "the value does not fit the type"),
  "23": data("constraint_violated", "the row breaks a constraint of the table"),
  ENOTFOUND: config("host_unknown", "check the host's name"),
  EAI_AGAIN: transient("host_unresolved", "the name service does not answer; repeat the run later"),
  ECONNREFUSED: transient("connection_refused", "check host and port, and that the server runs and listens there"),
  ENOENT: config("socket_missing", "check the folder of the socket and the port, and that the server runs"),
  EACCES: config("socket_forbidden", "this user may not open the server's socket"),
  ETIMEDOUT: unreachable,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  ECONNRESET: lost,
  EPIPE: lost,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  CERT_HAS_EXPIRED: config("certificate_expired", "renew the server's certificate"),
  ERR_TLS_CERT_ALTNAME_INVALID: config(
    "certificate_name",
    "use the host name that is in the certificate, or sslmode verify-ca",
  ),
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: config("client_certificate_refused", "check sslcert and sslkey"),
};

/** Texts of the driver that come without any code. */
const driverTexts: readonly (readonly [RegExp, Rule])[] = [
  [/^Connection terminated|is not queryable$/, lost],
  [/^timeout expired|connection timeout/i, unreachable],
  [/does not support SSL/, config("tls_missing", "the server has no TLS: set sslmode to prefer or disable")],
  [/establishing an SSL|SSL routines|TLS/, config("tls_failed", "check sslmode, sslcert and sslkey")],
  [/^SASL: /, config("login_refused", "check the password and the server's authentication method")],
];

/**
 * Any error of the driver, the network or the server as a SluiceError that names the place and the fix.
 * A SluiceError comes back as it is.
 */
export function postgresError(error: unknown, place: ErrorPlace = {}): SluiceError {
  if (error instanceof SluiceError) return error;
  const facts = factsOf(error);
  const rule =
    rules[facts.code] ??
    (/^[0-9A-Z]{5}$/.test(facts.code) ? rules[facts.code.slice(0, 2)] : undefined) ??
    driverTexts.find(([text]) => text.test(facts.message))?.[1];
  const login = rule === undefined || !/login_refused|no_grant/.test(rule.code) || place.user === undefined;
  const where = [place.stream, place.server, login ? undefined : `user ${place.user}`].filter(
    (part) => part !== undefined,
  );
  const message = [...where, facts.message].join(": ");
  const details = { cause: error, ...(place.stream === undefined ? {} : { stream: place.stream }) };
  if (rule !== undefined) return new rule.type(rule.code, message, { ...details, hint: rule.hint });
  return new SystemError("postgres.unexpected", facts.code === "" ? message : `${message} (${facts.code})`, details);
}

/** Code and text; of several addresses that were tried, the first one's. */
function factsOf(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof Error)) return { code: "", message: String(error) };
  const first = error instanceof AggregateError ? error.errors[0] : undefined;
  const source: Error = first instanceof Error ? first : error;
  const code = "code" in source && typeof source.code === "string" ? source.code : "";
  const detail = "detail" in source && typeof source.detail === "string" ? ` (${source.detail})` : "";
  return { code, message: `${source.message}${detail}` };
}
