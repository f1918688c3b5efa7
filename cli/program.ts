import { Command, Option } from "commander";
import type { Cli, SharedOptions } from "./cli.js";
import {
  collect,
  columns,
  maxMemoryOption,
  readOption,
  setOption,
  wholeNumber,
  writeOption,
} from "./command-options.js";
import type { Palette } from "./output/palette.js";

export interface ProgramOptions {
  readonly version: string;
  readonly paint: Palette;
  /** The surroundings of a command, once the shared options are known. */
  cli(options: SharedOptions): Cli;
  /** Told the exit code of the command that ran. */
  done(exitCode: number): void;
}

/** The command line as a whole. What a command does is loaded only when it runs, so that help and errors come at once. */
export function createProgram({ version, paint, cli, done }: ProgramOptions): Command {
  const program = new Command("sluice")
    .description("Moves data from databases and files into databases, DuckDB and files.")
    .version(version, "-V, --version", "Print the version")
    .helpOption("-h, --help", "Print help")
    .helpCommand("help [command]", "Print help for a command")
    .option("--project <dir>", "Folder of the project (default: the nearest with sluice.yaml)")
    .option("--json", "Print one JSON document on stdout", false)
    .option("-q, --quiet", "Print no progress and no remarks", false)
    .option("--no-color", "Print without colours (NO_COLOR does the same)")
    .addOption(
      new Option("--log-format <format>", "Form of progress and logs (default: text)")
        .choices(["text", "json"])
        .default("text"),
    )
    .addOption(
      new Option("--log-level <level>", "Least important log lines to print (default: info)")
        .choices(["debug", "info", "warn", "error"])
        .env("SLUICE_LOG_LEVEL")
        .default("info"),
    )
    .configureHelp({
      showGlobalOptions: true,
      optionDescription: ({ description, argChoices }) =>
        argChoices === undefined ? description : `${description}: ${argChoices.join(", ")}`,
      styleTitle: paint.bold,
      styleCommandText: paint.accent,
      styleSubcommandText: paint.accent,
      styleOptionText: paint.accent,
      styleArgumentText: paint.accent,
    })
    .addHelpText("after", examples(paint))
    .exitOverride()
    .configureOutput({ outputError: () => {} });
  const shared = () => cli(program.opts<SharedOptions>());
  const command = (syntax: string, description: string) => program.command(syntax).description(description);

  command("init [dir]", "Write a project that runs as it is").action(async (dir: string | undefined) =>
    done(await (await import("./commands/init.js")).init(shared(), { dir })),
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
    .action(async (from: string, to: string, options) =>
      done(await (await import("./commands/copy.js")).copy(shared(), { from, to, ...options })),
    );

  command("check [connection...]", "Try every part of a connection, and say what to fix").action(
    async (connections: string[]) => done(await (await import("./commands/check.js")).check(shared(), { connections })),
  );

  command("discover <source>", "List the streams of a source: a name in the project, a URL or a path")
    .option("-s, --stream <name>", "Only these streams; repeatable", collect, [])
    .addOption(setOption())
    .action(async (source: string, options) =>
      done(await (await import("./commands/discover.js")).discover(shared(), { source, ...options })),
    );

  command("plan [connection...]", "Show exactly what a sync would do; change nothing")
    .option("-s, --stream <name>", "Only these streams; repeatable", collect, [])
    .option("--full-refresh", "As if every table was to be rebuilt", false)
    .action(async (connections: string[], options) =>
      done(await (await import("./commands/plan.js")).plan(shared(), { connections, ...options })),
    );

  command("sync [connection...]", "Run connections (default: all)")
    .option("-s, --stream <name>", "Only these streams; repeatable", collect, [])
    .option("--full-refresh", "Read everything again and rebuild the tables", false)
    .addOption(maxMemoryOption())
    .action(async (connections: string[], options) =>
      done(await (await import("./commands/sync.js")).sync(shared(), { connections, ...options })),
    );

  command("verify [connection...]", "Compare sources with their tables, and name the keys that differ")
    .option("-s, --stream <name>", "Only these streams; repeatable", collect, [])
    .option("--keys <number>", "How many differing keys to name (default: 20)", wholeNumber, 20)
    .addOption(maxMemoryOption())
    .action(async (connections: string[], options) =>
      done(await (await import("./commands/verify.js")).verify(shared(), { connections, ...options })),
    );

  const state = command("state", "Show and change the committed state");
  const stateCommand = (syntax: string, description: string) =>
    state.command(syntax).description(description).option("-s, --stream <name>", "The stream");
  stateCommand("show [connection...]", "The state of each stream, and the loads that led to it").action(
    async (connections: string[], options) =>
      done(await (await import("./commands/state.js")).showState(shared(), { connections, ...options })),
  );
  stateCommand("set <connection> <json>", "Put a stream's source state, as `show --json` prints it")
    .option("-y, --yes", "Do not ask", false)
    .action(async (connection: string, json: string, options) =>
      done(await (await import("./commands/state.js")).setState(shared(), { connection, json, ...options })),
    );
  stateCommand("rewind <connection>", "Go back to the state after an earlier load")
    .requiredOption("--load <id>", "Load id, from `show`")
    .option("-y, --yes", "Do not ask", false)
    .action(async (connection: string, options) =>
      done(await (await import("./commands/state.js")).rewindState(shared(), { connection, ...options })),
    );
  stateCommand("reset <connection>", "Forget the state: the next sync reads from the beginning")
    .option("-y, --yes", "Do not ask", false)
    .action(async (connection: string, options) =>
      done(await (await import("./commands/state.js")).resetState(shared(), { connection, ...options })),
    );
  stateCommand("export [connection...]", "Print states as one JSON document").action(
    async (connections: string[], options) =>
      done(await (await import("./commands/state-file.js")).exportState(shared(), { connections, ...options })),
  );
  stateCommand("import <file>", "Put back what `export` printed (- reads stdin)")
    .option("-y, --yes", "Do not ask", false)
    .action(async (file: string, options) =>
      done(await (await import("./commands/state-file.js")).importState(shared(), { file, ...options })),
    );

  command("query <sql>", "Query a destination and print a table")
    .option("-d, --destination <name>", "Destination: a name in the project, a URL or a path")
    .option("-c, --connection <name>", "The destination of this connection")
    .option("--csv", "Print CSV", false)
    .action(async (sql: string, options) =>
      done(await (await import("./commands/query.js")).query(shared(), { sql, ...options })),
    );

  command("connector", "Connectors and their settings")
    .command("list")
    .description("List the connectors there are")
    .action(async () => done(await (await import("./commands/connector-list.js")).listConnectors(shared())));

  command("completion <shell>", "Print a completion script: bash, zsh or fish").action(async (shell: string) =>
    done(await (await import("./commands/completion.js")).completion(shared(), { shell, program })),
  );
  return program;
}

function examples(paint: Palette): string {
  const lines = [
    ["sluice copy postgres://user@host/db warehouse.duckdb", "a whole database, into a file"],
    ["sluice copy 'data/*.csv' postgres://user@host/db", "files, into a database"],
    ["sluice init shop && cd shop && sluice sync", "a project that runs as it is"],
  ] as const;
  return [
    "",
    paint.bold("Examples:"),
    ...lines.map(([line, what]) => `  ${line.padEnd(54)} ${paint.dim(what)}`),
    "",
  ].join("\n");
}
