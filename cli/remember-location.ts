import { type Connectors, rememberSecrets } from "../core/project/check-connector.js";
import type { ConnectorPlan } from "../core/sync/plan.js";
import { ConfigError } from "../sdk/errors.js";
import type { Cli } from "./cli.js";

/** Remembers the secrets of settings that came from the command line. @throws ConfigError `connector.unknown` */
export async function rememberLocation(cli: Cli, connectors: Connectors, { connector, config }: ConnectorPlan) {
  const load = connectors[connector];
  if (load === undefined) throw new ConfigError("connector.unknown", `there is no connector '${connector}' for this`);
  rememberSecrets((await load()).config, config, cli.redactor);
}
