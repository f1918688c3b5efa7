import { ConfigError, DataError, SluiceError, SystemError, TransientError } from "../../errors.js";

/** What an error message should name. */
export interface ErrorPlace {
  /** The database file. */
  readonly path?: string;
  /** The stream as `namespace.name`. */
  readonly stream?: string;
}

type Kind = typeof ConfigError | typeof TransientError | typeof DataError | typeof SystemError;
type Rule = readonly [text: RegExp, kind: Kind, code: string, hint: string];

/** DuckDB has no error codes in its interface for Node, only these texts; the first that matches counts. */
const rules: readonly Rule[] = [
  [
    /Could not set lock on file/,
    TransientError,
    "locked",
    "stop the process that has the file open, or try again later",
  ],
  [
    /No space left on device|max_temp_directory_size|Disk quota exceeded|File too large/i,
    TransientError,
    "disk_full",
    "free space on the disk of the database and of the temporary folder, then repeat the run",
  ],
  [
    /Out of Memory Error|failed to allocate|std::bad_alloc/,
    ConfigError,
    "out_of_memory",
    "give more with --max-memory, or use fewer threads",
  ],
  [
    /WAL|write-ahead log/i,
    SystemError,
    "wal_unreadable",
    "keep the .wal file beside the database: it holds committed rows; open both with the DuckDB version that wrote them",
  ],
  [
    /version number|newer (?:storage )?version|storage version/i,
    ConfigError,
    "version_unknown",
    "export the file with the DuckDB version that wrote it, or upgrade Sluice",
  ],
  [
    /not a valid DuckDB database file/,
    ConfigError,
    "not_a_database",
    "name a DuckDB file, or a path where none exists yet",
  ],
  [/checksum|corrupt/i, SystemError, "corrupt", "restore the file from a backup; keep it and its .wal for inspection"],
  [
    /database has been invalidated/,
    TransientError,
    "invalidated",
    "an earlier error closed the database: repeat the run",
  ],
  [/read-only mode|attached in read-only/i, ConfigError, "read_only", "open the file for writing"],
  [
    /Permission denied|Cannot open (?:file|database)|No such file or directory|Is a directory|not a directory/i,
    ConfigError,
    "cannot_open",
    "check the path, that its folder exists and that this user may read and write it",
  ],
  [/^INTERRUPT/, TransientError, "interrupted", "the statement was cancelled: repeat the run"],
  [/Conflict|write-write/i, TransientError, "conflict", "another transaction was in the way: repeat the run"],
  [
    /^Constraint Error/,
    DataError,
    "constraint_violated",
    "correct the row at the source, or drop the constraint from the table",
  ],
  [
    /^(?:Conversion|Out of Range|Invalid Input|Invalid Type|Mismatch Type) Error/,
    DataError,
    "value_refused",
    "correct the value at the source, or leave its column out with `exclude`",
  ],
  [
    /^(?:Parser|Binder|Catalog|Syntax|Not implemented|Permission|Missing Extension) Error/,
    ConfigError,
    "sql_refused",
    "check the SQL and the names in it",
  ],
];

/**
 * Any error of DuckDB as a SluiceError that names the place and the fix. A SluiceError comes back as it is.
 */
export function duckError(error: unknown, place: ErrorPlace = {}): SluiceError {
  if (error instanceof SluiceError) return error;
  const text = withoutAdvice(error instanceof Error ? error.message : String(error));
  const message = [place.stream, place.path, text].filter((part) => part !== undefined).join(": ");
  const details = { cause: error, ...(place.stream === undefined ? {} : { stream: place.stream }) };
  const rule = rules.find(([pattern]) => pattern.test(text));
  if (rule === undefined) return new SystemError("duckdb.unexpected", message, details);
  const [, Kind, code, hint] = rule;
  if (code === "locked") return lockedError(text, place, details);
  return new Kind(`duckdb.${code}`, message, { ...details, hint });
}

/** `Conflicting lock is held in /usr/bin/node (PID 1234) by user root.` */
function lockedError(text: string, place: ErrorPlace, details: object): TransientError {
  const [, program, pid] = /Conflicting lock is held in (.+?) \(PID (\d+)\)/.exec(text) ?? [];
  const holder = pid === undefined ? "another process" : `process ${pid} (${program})`;
  return new TransientError("duckdb.locked", `${place.path ?? "the database"} is open in ${holder}`, {
    ...details,
    hint:
      pid === undefined
        ? "close the program that has the file open"
        : `end process ${pid} or wait until it closes the file`,
  });
}

/** What DuckDB advises when memory is short are settings that nobody can set here. */
function withoutAdvice(text: string): string {
  return text.split("\n\nPossible solutions:")[0]!;
}
