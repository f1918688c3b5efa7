import { maxMemoryOption, wholeNumber } from "../command-options.js";
import type { CommandHome } from "./command-home.js";

/** `sluice quarantine`: the rows that rules rejected. */
export function addQuarantineCommands({ program, shared, done }: CommandHome): void {
  const quarantine = program.command("quarantine").description("Look at rejected rows, send them again, remove them");
  const command = (syntax: string, description: string) =>
    quarantine.command(syntax).description(description).option("-s, --stream <name>", "Only this stream");
  const commands = () => import("../commands/quarantine.js");

  command("list <connection>", "How many rows each rule rejected, and the newest of them")
    .option("--limit <number>", "How many rows to show (default: 10)", wholeNumber, 10)
    .option("--all", "Also rows that were replayed, or read again since", false)
    .action(async (connection: string, options) =>
      done(await (await commands()).listQuarantine(shared(), { connection, ...options })),
    );

  command("show <connection> <id...>", "Rejected rows whole: every value, the rule and the reason").action(
    async (connection: string, ids: string[], options) =>
      done(await (await commands()).showQuarantine(shared(), { connection, ids, ...options })),
  );

  command("replay <connection> [id...]", "Send rejected rows again through today's transforms and rules (default: all)")
    .option("--rule <name>", "Only rows that this rule rejected")
    .addOption(maxMemoryOption())
    .action(async (connection: string, ids: string[], options) =>
      done(await (await import("../commands/replay.js")).replay(shared(), { connection, ids, ...options })),
    );

  command("purge <connection>", "Remove rejected rows for good")
    .option("--before <time>", "Only older ones: a time, or an age such as 30d")
    .option("--replayed", "Only rows that were replayed", false)
    .option("-y, --yes", "Do not ask", false)
    .action(async (connection: string, options) =>
      done(await (await commands()).purgeQuarantine(shared(), { connection, ...options })),
    );
}
