import { collect, setOption } from "../command-options.js";
import type { CommandHome } from "./command-home.js";

/** `sluice connector`: for those who look for connectors or write them. */
export function addConnectorCommands({ program, shared, done }: CommandHome): void {
  const command = (syntax: string, description: string) => program.command(syntax).description(description);

  const connector = command("connector", "Connectors: list, write, try and describe them");
  const connectorCommand = (syntax: string, about: string) => connector.command(syntax).description(about);

  connectorCommand("list", "List the connectors there are").action(async () =>
    done(await (await import("../commands/connector-list.js")).listConnectors(shared())),
  );
  connectorCommand("new <name>", "Write a connector to begin with, and a fixture to try it against")
    .option("--rest", "Describe the API in YAML, without code", false)
    .action(async (name: string, options) =>
      done(await (await import("../commands/connector-new.js")).newConnector(shared(), { name, ...options })),
    );
  connectorCommand("docs <connector>", "Print its reference page, in Markdown: a file, a package or a name")
    .option("--destination", "It is a destination", false)
    .action(async (name: string, options) =>
      done(
        await (await import("../commands/connector-docs.js")).documentConnector(shared(), {
          connector: name,
          ...options,
        }),
      ),
    );
  connectorCommand("test <connector>", "Try all that a connector promises: a file, a source of the project, or a name")
    .option("-s, --stream <name>", "Only these streams; repeatable", collect, [])
    .addOption(setOption())
    .option("--fixture <file>", "Answers to try it against (default: NAME.fixture.ts beside it, else its real system)")
    .option(
      "--record <file>",
      "Try it against its real system, and write down what it answers; a folder takes NAME.jsonl",
    )
    .option("--replay <file>", "Try it against what was recorded, without a network")
    .option("--only <text>", "Only checks whose name has this text")
    .option("--most-rows <n>", "Leave out streams with more rows (default: 10000)", Number)
    .action(async (name: string, options) =>
      done(
        await (await import("../commands/connector-test.js")).testConnector(shared(), { connector: name, ...options }),
      ),
    );
}
