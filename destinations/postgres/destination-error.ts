import { ConfigError, DataError, type SluiceError } from "../../sdk/errors.js";
import { postgresError } from "../../sdk/sql/postgres/postgres-error.js";

/** What the server says beside an error's text (https://www.postgresql.org/docs/current/protocol-error-fields.html). */
interface ServerError extends Error {
  readonly code?: string;
  readonly column?: string;
  readonly table?: string;
  readonly detail?: string;
  readonly where?: string;
}

/** Any error of the driver or the server as a SluiceError: what a writer would want to know, and the fix. */
export function destinationError(error: unknown, server: string): SluiceError {
  const mapped = postgresError(error, { server });
  if (mapped === error || !(error instanceof Error)) return mapped;
  const { code, where, column, detail }: ServerError = error;
  if (code === "42501") {
    return new ConfigError("destination.no_grant", mapped.message, {
      cause: error,
      hint: "GRANT CREATE, TEMPORARY ON DATABASE … TO the role; GRANT USAGE, CREATE ON SCHEMA … TO it; tables must be its own",
    });
  }
  if (code === "2BP01") {
    return new ConfigError("target.in_use", mapped.message, {
      cause: error,
      hint: "drop what depends on the table, or name another table with `table:`",
    });
  }
  // "COPY orders, line 12, column total": what was being read when the error came.
  const copy = /^COPY .*?, line (\d+)(?:, column (.*?))?(?::|$)/m.exec(where ?? "");
  if (mapped.kind !== "data" || (copy === null && column === undefined)) return mapped;
  const named = column ?? copy?.[2];
  const row = copy === null ? (detail ?? "") : `row ${copy[1]} of the load`;
  const place = [named === undefined ? "" : `column '${named}'`, row].filter((part) => part !== "").join(", ");
  return new DataError(code === "23502" ? "value.null" : mapped.code, `${place}: ${mapped.message}`, {
    cause: error,
    row,
    ...(named === undefined ? {} : { column: named }),
    ...(mapped.hint === undefined ? {} : { hint: mapped.hint }),
  });
}

/** Whether the connection broke, so that nobody knows what the server did with the last statement. */
export function isConnectionLost(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "postgres.connection_lost";
}
