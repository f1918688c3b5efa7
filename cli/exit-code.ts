import { exitCodes, type ReportedError } from "../core/sync/report.js";
import { type ErrorKind, errorRecord } from "../sdk/errors.js";
import { UsageError } from "./usage-error.js";

/** The exit code of a command that failed with an error. */
export function exitCodeOf(error: unknown): number {
  return error instanceof UsageError ? 2 : exitCodes[errorRecord(error).kind];
}

// Who must act first decides: retrying helps only where nobody else has to.
const gravest: readonly ErrorKind[] = ["system", "config", "data", "transient"];

/** The exit code of a command that looked at several parts: null is a part that is well. */
export function exitCodeOfParts(parts: readonly (ReportedError | null)[]): number {
  const kind = gravest.find((candidate) => parts.some((part) => part?.kind === candidate));
  return kind === undefined ? 0 : exitCodes[kind];
}
