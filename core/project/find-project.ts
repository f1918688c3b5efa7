import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { ConfigError } from "../../sdk/errors.js";

export const projectFileName = "sluice.yaml";

/**
 * The folder of the project: `from`, or the nearest one above it, that has a `sluice.yaml`.
 * @throws ConfigError `project.not_found`
 */
export function findProject(from: string): string {
  const dir = nearestProject(from);
  if (dir !== undefined) return dir;
  throw new ConfigError("project.not_found", `there is no ${projectFileName} in ${resolve(from)} or above it`, {
    hint: "`sluice init` writes one, --project DIR names its folder, and `sluice copy` needs none",
  });
}

/** As `findProject`; undefined where there is none. */
export function nearestProject(from: string): string | undefined {
  for (let dir = resolve(from); ; dir = dirname(dir)) {
    if (existsSync(join(dir, projectFileName))) return dir;
    if (dir === dirname(dir)) return undefined;
  }
}
