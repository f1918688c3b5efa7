import { findProject } from "../core/project/find-project.js";
import { loadProject, type Project } from "../core/project/load-project.js";
import type { Cli } from "./cli.js";

/** The project of the command: the folder that --project names, or the nearest. */
export function openProject({ cwd, env, options, sources, destinations, redactor }: Cli): Promise<Project> {
  const dir = findProject(cwd, options.project);
  return loadProject({ dir, env, sources, destinations, redactor });
}
