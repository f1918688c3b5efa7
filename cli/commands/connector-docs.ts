import { findDestination, findSource } from "../../core/registry/find-connector.js";
import type { Cli } from "../cli.js";
import { destinationPage, sourcePage } from "../connector/connector-page.js";

export interface ConnectorDocsInput {
  /** A file, an npm package, or a built-in name. */
  readonly connector: string;
  readonly destination: boolean;
}

/** `sluice connector docs`: the reference page of a connector, made of its code. */
export async function documentConnector(cli: Cli, { connector, destination }: ConnectorDocsInput): Promise<number> {
  const wanted = { connector, projectDir: cli.cwd };
  const usage = `\`connector: ${connector}\``;
  const text = destination
    ? destinationPage(await findDestination(cli.destinations, wanted), `${usage} under \`destinations\`.`)
    : sourcePage(await findSource(cli.sources, wanted), `${usage} under \`sources\`.`);
  cli.stdout.write(cli.options.json ? `${JSON.stringify({ page: text }, undefined, 2)}\n` : text);
  return 0;
}
