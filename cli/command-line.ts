import { createRequire } from "node:module";
import { sources } from "../connectors/index.js";
import { createRedactor } from "../core/project/redactor.js";
import { destinations } from "../destinations/index.js";
import type { Cli, SharedOptions } from "./cli.js";
import { exitCodeOf } from "./exit-code.js";
import { errorDocument } from "./output/error-document.js";
import { errorLine } from "./output/log-line.js";
import { palette } from "./output/palette.js";
import { renderError } from "./output/render-error.js";
import { shownError } from "./output/shown-error.js";
import { parseCommandLine } from "./parse-command-line.js";
import { createProgram } from "./program.js";

const { version } = createRequire(import.meta.url)("../../package.json") as { version: string };

/** Where a command line is given, where it prints, and who may end it. */
export type Surroundings = Pick<Cli, "cwd" | "env" | "stdout" | "stderr" | "interruption">;

export interface CommandLine {
  /** Runs the command to its end and tells the error it ends with; returns the exit code. */
  run(): Promise<number>;
  /** Tells an error; returns the exit code for it. */
  fail(error: unknown): number;
}

/** The command line `sluice WORDS…`, which leaves the process that it runs in as it is. */
export function commandLine(words: readonly string[], surroundings: Surroundings): CommandLine {
  const { env, stdout, stderr, interruption } = surroundings;
  const redactor = createRedactor();
  const coloured = !words.includes("--no-color");
  const paintErr = palette(stderr, env, coloured);
  const paint = palette(stdout, env, coloured);
  let done = 0;
  const program = createProgram({
    ...{ version, paint, stdout, stderr, cli },
    done(exitCode) {
      done = interruption.exitCode() ?? exitCode;
    },
  });

  function cli(options: SharedOptions): Cli {
    return {
      ...surroundings,
      sources,
      destinations,
      sourcesModule: new URL("../connectors/index.js", import.meta.url),
      options: env.SLUICE_DEBUG ? { ...options, logLevel: "debug" } : options,
      redactor,
      paint,
      paintErr,
    };
  }

  function fail(error: unknown): number {
    const told = cli(program.opts<SharedOptions>());
    const { logFormat, logLevel } = told.options;
    const interrupted = interruption.exitCode();
    if (words.includes("--json")) {
      const document =
        interrupted === undefined ? errorDocument(error, redactor) : { status: "cancelled", exit_code: interrupted };
      stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
    } else if (interrupted !== undefined) {
      stderr.write("interrupted\n");
    } else if (logFormat === "json") {
      stderr.write(`${errorLine(shownError(error, redactor), undefined, told)}\n`);
    } else {
      stderr.write(redactor.redact(renderError(error, paintErr, { stack: logLevel === "debug" })));
    }
    return interrupted ?? exitCodeOf(error);
  }

  return {
    async run() {
      try {
        return (await parseCommandLine(program, words)) ?? done;
      } catch (error) {
        return fail(error);
      }
    },
    fail,
  };
}
