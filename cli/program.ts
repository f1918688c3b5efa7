import { Command, Option } from "commander";
import type { Cli, SharedOptions } from "./cli.js";
import type { Palette } from "./output/palette.js";
import { addConnectorCommands } from "./program/connector-commands.js";
import { addDriftCommands } from "./program/drift-commands.js";
import { addHistoryCommands } from "./program/history-commands.js";
import { addQuarantineCommands } from "./program/quarantine-commands.js";
import { addRunCommands } from "./program/run-commands.js";
import { addStartCommands } from "./program/start-commands.js";
import { addStateCommands } from "./program/state-commands.js";

export interface ProgramOptions {
  readonly version: string;
  readonly paint: Palette;
  /** For the help that was asked for, and for the help that answers a wrong command line. */
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** The surroundings of a command, once the shared options are known. */
  cli(options: SharedOptions): Cli;
  /** Told the exit code of the command that ran. */
  done(exitCode: number): void;
}

/** The command line as a whole. What a command does is loaded only when it runs, so that help and errors come at once. */
export function createProgram({ version, paint, stdout, stderr, cli, done }: ProgramOptions): Command {
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
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      outputError: () => {},
    });
  const shared = () => cli(program.opts<SharedOptions>());
  const home = { program, shared, done };
  addStartCommands(home);
  addRunCommands(home);
  addStateCommands(home);
  addDriftCommands(home);
  addHistoryCommands(home);
  addQuarantineCommands(home);
  addConnectorCommands(home);
  program
    .command("receive <source>")
    .description("Take events for a webhook source, until stopped")
    .action(async (source: string) =>
      done(await (await import("./commands/receive.js")).receive(shared(), { source })),
    );
  program
    .command("completion <shell>")
    .description("Print a completion script: bash, zsh or fish")
    .action(async (shell: string) =>
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
