import { collect, maxMemoryOption, wholeNumber } from "../command-options.js";
import { withSourceThread } from "../with-source-thread.js";
import type { CommandHome } from "./command-home.js";

/** Commands about what moves: what would, what does, and whether it arrived. */
export function addRunCommands({ program, shared, done }: CommandHome): void {
  const command = (syntax: string, description: string) => program.command(syntax).description(description);

  command("plan [connection...]", "Show exactly what a sync would do; change nothing")
    .option("-s, --stream <name>", "Only these streams; repeatable", collect, [])
    .option("--full-refresh", "As if every table was to be rebuilt", false)
    .option("--exit-code", "Exit with 10 where a table would be made or altered", false)
    .action(async (connections: string[], options) =>
      done(await (await import("../commands/plan.js")).plan(shared(), { connections, ...options })),
    );

  command("sync [connection...]", "Run connections (default: all)")
    .option("-s, --stream <name>", "Only these streams; repeatable", collect, [])
    .option("--full-refresh", "Read everything again and rebuild the tables", false)
    .addOption(maxMemoryOption())
    .action(async (connections: string[], options) => {
      const cli = await withSourceThread(shared());
      done(await (await import("../commands/sync.js")).sync(cli, { connections, ...options }));
    });

  command("backfill <connection>", "Read a window of a stream again; its own reading stays where it is")
    .requiredOption("-s, --stream <name>", "The stream; repeatable", collect)
    .requiredOption("--from <value>", "First value of the cursor wanted")
    .requiredOption("--to <value>", "First value of the cursor no longer wanted")
    .addOption(maxMemoryOption())
    .action(async (connection: string, options) =>
      done(await (await import("../commands/backfill.js")).backfill(shared(), { connection, ...options })),
    );

  command("verify [connection...]", "Compare sources with their tables, and name the keys that differ")
    .option("-s, --stream <name>", "Only these streams; repeatable", collect, [])
    .option("--repair", "Read again just the keys that differ, and remove those that the source does not have", false)
    .option("--keys <number>", "How many differing keys to name (default: 20)", wholeNumber, 20)
    .addOption(maxMemoryOption())
    .action(async (connections: string[], options) =>
      done(await (await import("../commands/verify.js")).verify(shared(), { connections, ...options })),
    );

  command("query <sql>", "Query a destination and print a table")
    .option("-d, --destination <name>", "Destination: a name in the project, a URL or a path")
    .option("-c, --connection <name>", "The destination of this connection")
    .option("--csv", "Print CSV", false)
    .action(async (sql: string, options) =>
      done(await (await import("../commands/query.js")).query(shared(), { sql, ...options })),
    );
}
