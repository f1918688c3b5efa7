import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { ConfigError } from "../../sdk/errors.js";

/**
 * The default export of a user's file, TypeScript as it stands.
 * @throws ConfigError `file.missing`, `file.no_default`, or what the file throws
 */
export async function loadDefault<T>(path: string): Promise<T> {
  if (!existsSync(path))
    throw new ConfigError("file.missing", `there is no file '${path}'`, { hint: "check the path" });
  const { moduleEvaluator } = await import("./evaluate-module.js");
  const loaded = await moduleEvaluator(dirname(path)).import<{ readonly default?: T }>(path);
  if (loaded.default !== undefined) return loaded.default;
  throw new ConfigError("file.no_default", `'${path}' has no default export`, { hint: "export default …" });
}
