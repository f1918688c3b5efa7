import { ProjectError } from "../../core/project/problem.js";
import { reportedError } from "../../core/sync/report.js";
import { errorRecord } from "../../sdk/errors.js";
import type { Json } from "../../sdk/json.js";

/** The JSON document of a command that failed. */
export function errorDocument(error: unknown): Json {
  const record = { ...reportedError(errorRecord(error)) };
  if (!(error instanceof ProjectError)) return { error: record };
  const problems = error.problems.map(({ code, message, hint, place: { file, line, column } }) => ({
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    file,
    line,
    column,
  }));
  return { error: { ...record, problems } };
}
