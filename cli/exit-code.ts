import { exitCodes, exitPartial, type ReportedError } from "../core/sync/report.js";
import { errorRecord } from "../sdk/errors.js";
import { UsageError } from "./usage-error.js";

/** The exit code of a command that failed with an error. */
export function exitCodeOf(error: unknown): number {
  return error instanceof UsageError ? 2 : exitCodes[errorRecord(error).kind];
}

/** The exit code of a command that looked at several parts: null is a part that is well. */
export function exitCodeOfParts(parts: readonly (ReportedError | null)[]): number {
  const errors = parts.filter((part) => part !== null);
  if (errors.length === 0) return 0;
  return errors.length < parts.length ? exitPartial : Math.max(...errors.map((error) => exitCodes[error.kind]));
}
