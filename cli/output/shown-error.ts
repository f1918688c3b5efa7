import type { Redactor } from "../../core/project/redactor.js";
import { type ReportedError, reportedError } from "../../core/sync/report.js";
import { errorRecord } from "../../sdk/errors.js";

/** Whatever was thrown, as a report shows it: no stack, no secret. */
export function shownError(thrown: unknown, redactor: Redactor): ReportedError {
  return withoutSecrets(reportedError(errorRecord(thrown)), redactor);
}

/** An error without secrets. */
export function withoutSecrets(error: ReportedError, { redact }: Redactor): ReportedError {
  return {
    ...error,
    message: redact(error.message),
    ...(error.hint !== undefined && { hint: redact(error.hint) }),
    ...(error.row !== undefined && { row: redact(error.row) }),
  };
}
