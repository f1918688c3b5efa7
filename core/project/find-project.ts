import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { ConfigError } from "../../sdk/errors.js";

export const projectFileName = "sluice.yaml";

/**
 * The folder of the project: the one that is named, or else the nearest to `cwd`, going up, that has a `sluice.yaml`.
 * @throws ConfigError `project.not_found`
 */
export function findProject(cwd: string, named: string | undefined): string {
  if (named === undefined) return nearestProject(cwd) ?? missing(`${cwd} or above it`);
  const dir = resolve(cwd, named);
  return existsSync(join(dir, projectFileName)) ? dir : missing(dir);
}

function missing(where: string): never {
  throw new ConfigError("project.not_found", `there is no ${projectFileName} in ${where}`, {
    hint: "`sluice init` writes one, --project DIR names its folder, and `sluice copy` needs none",
  });
}

/** The nearest folder that has a `sluice.yaml`, going up; undefined where there is none. */
export function nearestProject(cwd: string): string | undefined {
  for (let dir = resolve(cwd); ; dir = dirname(dir)) {
    if (existsSync(join(dir, projectFileName))) return dir;
    if (dir === dirname(dir)) return undefined;
  }
}
