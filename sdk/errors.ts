/** Who must act: `config` the user, `transient` time, `data` the data's owner, `system` we. */
export type ErrorKind = "config" | "transient" | "data" | "system";

export interface ErrorDetails {
  /** What to do about it, in one sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** The stream it happened in, as `namespace.name`. */
  readonly stream?: string;
  readonly column?: string;
  /** The row's key or position, as text. */
  readonly row?: string;
  /** The option of the stream that is wrong. */
  readonly option?: OptionPlace;
}

/** Where in a stream's options something stands: keys and indexes, and which characters of the text there. */
export interface OptionPlace {
  readonly path: readonly (string | number)[];
  readonly offset?: number;
  readonly length?: number;
}

/**
 * Every error that Sluice raises on purpose. `code` is stable and documented (`area.reason`); `message` names
 * stream, key, column and cause; `hint` names the fix. Programs compare `kind` and `code`, never the message.
 */
export abstract class SluiceError extends Error {
  abstract readonly kind: ErrorKind;
  readonly code: string;
  readonly hint: string | undefined;
  readonly stream: string | undefined;
  readonly column: string | undefined;
  readonly row: string | undefined;
  readonly option: OptionPlace | undefined;

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = details.hint;
    this.stream = details.stream;
    this.column = details.column;
    this.row = details.row;
    this.option = details.option;
  }
}

/** The user must act: a wrong setting, a missing grant, an unknown name. Retrying does not help. */
export class ConfigError extends SluiceError {
  readonly kind = "config";
}

/** Time must act: a connection cut, a lock held, a limit reached. Retrying from the saved state helps. */
export class TransientError extends SluiceError {
  readonly kind = "transient";
}

/** The data's owner must act: a value that cannot be read, held or accepted. */
export class DataError extends SluiceError {
  readonly kind = "data";
}

/** We must act: an invariant of Sluice itself did not hold. */
export class SystemError extends SluiceError {
  readonly kind = "system";
}

/** An error as plain data, to cross a thread, a process or a JSON document. */
export interface ErrorRecord {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly stream?: string;
  readonly column?: string;
  readonly row?: string;
  readonly option?: OptionPlace;
  readonly stack?: string;
}

const classes = { config: ConfigError, transient: TransientError, data: DataError, system: SystemError } as const;

/** The record of any thrown value; what is not a SluiceError becomes `system` / `internal.unexpected`. */
export function errorRecord(error: unknown): ErrorRecord {
  if (isSluiceError(error)) {
    const { kind, code, message, hint, stream, column, row, option, stack } = error;
    return {
      kind,
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
      ...(stream === undefined ? {} : { stream }),
      ...(column === undefined ? {} : { column }),
      ...(row === undefined ? {} : { row }),
      ...(option === undefined ? {} : { option }),
      ...(stack === undefined ? {} : { stack }),
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? error.stack : undefined;
  return { kind: "system", code: "internal.unexpected", message, ...(stack === undefined ? {} : { stack }) };
}

/** Also of another copy of this SDK, which a connector may have been bundled with. */
function isSluiceError(error: unknown): error is SluiceError {
  if (error instanceof SluiceError) return true;
  const { kind, code } = (error ?? {}) as Partial<SluiceError>;
  return error instanceof Error && typeof code === "string" && typeof kind === "string" && Object.hasOwn(classes, kind);
}

/** The error of a record, of the class its kind says. */
export function errorFromRecord(record: ErrorRecord): SluiceError {
  const error = new classes[record.kind](record.code, record.message, record);
  if (record.stack !== undefined) error.stack = record.stack;
  return error;
}
