import { ProjectError } from "../../core/project/problem.js";
import type { Redactor } from "../../core/project/redactor.js";
import { placed, shownError } from "./shown-error.js";

/** The JSON document of a command that failed. */
export function errorDocument(thrown: unknown, redactor: Redactor): object {
  const error = shownError(thrown, redactor);
  if (!(thrown instanceof ProjectError)) return { error };
  return { error: { ...placed(error, thrown.problems[0]?.place), problems: thrown.problems } };
}
