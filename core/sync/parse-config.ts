import type { z } from "zod";
import { ConfigError } from "../../sdk/errors.js";
import type { JsonObject } from "../../sdk/json.js";

/**
 * A connector's config, validated by its own schema.
 * @throws ConfigError `config.invalid` naming the connector, each wrong field and what is wrong with it
 */
export function parseConfig<Config extends z.ZodType>(
  connector: { readonly name: string; readonly config: Config },
  config: JsonObject,
): z.output<Config> {
  const result = connector.config.safeParse(config);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const field = issue.path.map(String).join(".");
    if (issue.code === "invalid_type" && issue.message.endsWith("received undefined")) return `'${field}' is missing`;
    return field === "" ? issue.message : `${field}: ${issue.message}`;
  });
  const [first] = result.error.issues.map(({ path }) => path.map(String).join("."));
  const message = `the settings of connector '${connector.name}' are not valid: ${problems.join("; ")}`;
  throw new ConfigError("config.invalid", message, {
    hint: `give it in sluice.yaml, or with --set ${first || "name"}=… on the command line; \`sluice connector docs\` lists the settings`,
  });
}
