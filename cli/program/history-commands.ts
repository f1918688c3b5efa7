import type { CommandHome } from "./command-home.js";

/** What ran. */
export function addHistoryCommands({ program, shared, done }: CommandHome): void {
  const runs = program
    .command("runs")
    .description("What ran: when, how much, with what errors")
    .option("-c, --connection <name>", "Only runs of this connection")
    .option("--limit <runs>", "How many (default: 20)", Number, 20)
    .action(async (options) => done(await (await import("../commands/runs.js")).listRuns(shared(), options)));
  runs
    .command("show <id>")
    .description("One run: its report, its errors and what happened on the way; a part of the id is enough")
    .action(async (id: string) => done(await (await import("../commands/runs.js")).showRun(shared(), { id })));
}
