import type { Project } from "../core/project/load-project.js";
import { placeOfError } from "../core/project/place-of-error.js";
import type { Cli } from "./cli.js";
import { placed, type ShownError, shownError } from "./output/shown-error.js";

/** What a connection of a project threw, with its place in the file. */
export function placedError({ redactor }: Cli, { text }: Project, connection: string, thrown: unknown): ShownError {
  const error = shownError(thrown, redactor);
  return placed(error, placeOfError(text, connection, error));
}
