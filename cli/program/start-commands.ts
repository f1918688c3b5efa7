import { collect, columns, maxMemoryOption, readOption, setOption, writeOption } from "../command-options.js";
import { withSourceThread } from "../with-source-thread.js";
import type { CommandHome } from "./command-home.js";

/** Commands to begin with: a project, a copy without one, a look at what there is. */
export function addStartCommands({ program, shared, done }: CommandHome): void {
  const command = (syntax: string, description: string) => program.command(syntax).description(description);

  command("init [dir]", "Write a project that runs as it is").action(async (dir: string | undefined) =>
    done(await (await import("../commands/init.js")).init(shared(), { dir })),
  );

  command("copy <from> <to>", "Copy tables or files without a project: URLs, paths and globs")
    .option("-s, --stream <name>", "Stream to copy, with * for any characters; repeatable (default: all)", collect, [])
    .addOption(readOption())
    .addOption(writeOption())
    .option("--primary-key <columns>", "Columns that identify a row, separated by commas", columns)
    .option("--cursor <column>", "Column whose order says what is new")
    .option("--schema <name>", "Target schema (default: the destination's own)")
    .option("--table <name>", "Target table, for a single stream")
    .option("--full-refresh", "Read everything again and rebuild the tables", false)
    .addOption(setOption())
    .option("--name <name>", "Name that keys the state of incremental copies (default: made of <from>)")
    .addOption(maxMemoryOption())
    .action(async (from: string, to: string, options) => {
      const cli = await withSourceThread(shared(), from);
      done(await (await import("../commands/copy.js")).copy(cli, { from, to, ...options }));
    });

  command("check [connection...]", "Try every part of a connection, and say what to fix").action(
    async (connections: string[]) =>
      done(await (await import("../commands/check.js")).check(shared(), { connections })),
  );

  command("discover <source>", "List the streams of a source: a name in the project, a URL or a path")
    .option("-s, --stream <name>", "Only these streams; repeatable", collect, [])
    .addOption(setOption())
    .action(async (source: string, options) =>
      done(await (await import("../commands/discover.js")).discover(shared(), { source, ...options })),
    );
}
