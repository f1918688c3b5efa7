import type { CommandHome } from "./command-home.js";

/** `sluice connector`: for those who look for connectors or write them. */
export function addConnectorCommands({ program, shared, done }: CommandHome): void {
  const command = (syntax: string, description: string) => program.command(syntax).description(description);

  command("connector", "Connectors and their settings")
    .command("list")
    .description("List the connectors there are")
    .action(async () => done(await (await import("../commands/connector-list.js")).listConnectors(shared())));
}
