import { ProjectError } from "../../core/project/problem.js";
import type { Redactor } from "../../core/project/redactor.js";
import { shownError } from "./shown-error.js";

/** The JSON document of a command that failed. */
export function errorDocument(thrown: unknown, redactor: Redactor): object {
  const error = shownError(thrown, redactor);
  if (!(thrown instanceof ProjectError)) return { error };
  const problems = thrown.problems.map(({ code, message, hint, place: { file, line, column } }) => ({
    code,
    message,
    ...(hint !== undefined && { hint }),
    file,
    line,
    column,
  }));
  return { error: { ...error, problems } };
}
