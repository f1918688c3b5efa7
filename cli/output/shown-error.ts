import type { Place } from "../../core/project/problem.js";
import type { Redactor } from "../../core/project/redactor.js";
import { type ReportedError, reportedError } from "../../core/sync/report.js";
import { errorRecord } from "../../sdk/errors.js";

/** An error as the command line shows it: no stack, no secret, and its place in the project file where it has one. */
export interface ShownError extends ReportedError {
  readonly place?: Place;
}

/** Whatever was thrown, to be shown. */
export function shownError(thrown: unknown, redactor: Redactor): ShownError {
  return withoutSecrets(reportedError(errorRecord(thrown)), redactor);
}

/** An error without secrets. */
export function withoutSecrets(error: ReportedError, { redact }: Redactor): ShownError {
  return {
    ...error,
    message: redact(error.message),
    ...(error.hint !== undefined && { hint: redact(error.hint) }),
    ...(error.row !== undefined && { row: redact(error.row) }),
  };
}

/** The error with its place, where there is one. */
export function placed(error: ShownError, place: Place | undefined): ShownError {
  return place === undefined ? error : { ...error, place };
}
