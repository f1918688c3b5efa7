import { exitCodes } from "../core/sync/report.js";
import { errorRecord } from "../sdk/errors.js";
import { UsageError } from "./usage-error.js";

/** The exit code of a command that failed with an error. */
export function exitCodeOf(error: unknown): number {
  return error instanceof UsageError ? 2 : exitCodes[errorRecord(error).kind];
}
