import { parse } from "yaml";
import { rememberSecrets } from "../core/project/check-connector.js";
import { projectEnvironment } from "../core/project/environment.js";
import { interpolate } from "../core/project/interpolate.js";
import { findSource } from "../core/registry/find-connector.js";
import type { JsonObject } from "../sdk/json.js";
import type { Cli } from "./cli.js";
import type { Location } from "./location.js";
import { UsageError } from "./usage-error.js";

/**
 * A source on the command line with the settings of `--set name=value`. Values are YAML, `${NAME}` stands for a
 * variable of the environment; what the connector declares secret is remembered as such.
 */
export async function withSettings(cli: Cli, source: Location, words: readonly string[]): Promise<Location> {
  if (words.length === 0) return source;
  const settings = Object.fromEntries(words.map((word) => setting(cli, word)));
  const wanted = { connector: source.connector, projectDir: cli.cwd };
  const { config } = await findSource(cli.sources, wanted);
  rememberSecrets(config, settings, cli.redactor);
  return { ...source, config: { ...source.config, ...settings } as JsonObject };
}

function setting({ cwd, env }: Cli, word: string): readonly [string, unknown] {
  const [, name, text] = /^([A-Za-z_][\w-]*)=(.*)$/s.exec(word) ?? [];
  if (name === undefined || text === undefined) {
    throw new UsageError("usage.setting", "--set takes name=value", { hint: "for example --set pages=3" });
  }
  const value = interpolate(/\$\{/.test(text) ? text : parse(text), {
    env: projectEnvironment(cwd, env),
    dir: cwd,
    onReference: () => undefined,
    onProblem: ({ message, hint }) => {
      throw new UsageError("usage.setting", `--set ${name}: ${message}`, { hint });
    },
  });
  return [name, value];
}
