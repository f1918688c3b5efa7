#!/usr/bin/env node
import { createRequire } from "node:module";
import { sources } from "../connectors/index.js";
import { createRedactor } from "../core/project/redactor.js";
import { destinations } from "../destinations/index.js";
import type { Cli, SharedOptions } from "./cli.js";
import { exitCodeOf } from "./exit-code.js";
import { watchInterruption } from "./interruption.js";
import { errorDocument } from "./output/error-document.js";
import { errorLine } from "./output/log-line.js";
import { palette } from "./output/palette.js";
import { renderError } from "./output/render-error.js";
import { shownError } from "./output/shown-error.js";
import { parseCommandLine } from "./parse-command-line.js";
import { createProgram } from "./program.js";

const { version } = createRequire(import.meta.url)("../../package.json") as { version: string };
const { argv, env, stdout, stderr } = process;
const words = argv.slice(2);
const redactor = createRedactor();
const coloured = !words.includes("--no-color");
const paintErr = palette(stderr, env, coloured);
const paint = palette(stdout, env, coloured);
const interruption = watchInterruption();

const program = createProgram({
  version,
  paint,
  cli,
  done(exitCode) {
    process.exitCode = interruption.exitCode() ?? exitCode;
  },
});

// A reader that has seen enough (`| head`) stops no run.
for (const stream of [stdout, stderr]) stream.on("error", () => undefined);
process.on("uncaughtException", (error) => {
  fail(error);
  process.exit();
});

try {
  const exitCode = await parseCommandLine(program, words);
  if (exitCode !== undefined) process.exitCode = exitCode;
} catch (error) {
  fail(error);
}
// What is left behind (sockets, threads) must not keep a finished command alive.
await Promise.all([stdout, stderr].map((stream) => new Promise((resolve) => stream.write("", resolve))));
process.exit();

function cli(options: SharedOptions): Cli {
  return {
    cwd: process.cwd(),
    env,
    stdout,
    stderr,
    sources,
    destinations,
    sourcesModule: new URL("../connectors/index.js", import.meta.url),
    options: env.SLUICE_DEBUG ? { ...options, logLevel: "debug" } : options,
    redactor,
    interruption,
    paint,
    paintErr,
  };
}

function fail(error: unknown): void {
  const surroundings = cli(program.opts<SharedOptions>());
  const { logFormat, logLevel } = surroundings.options;
  const interrupted = interruption.exitCode();
  process.exitCode = interrupted ?? exitCodeOf(error);
  if (words.includes("--json")) {
    const document =
      interrupted === undefined ? errorDocument(error, redactor) : { status: "cancelled", exit_code: interrupted };
    stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
  } else if (interrupted !== undefined) {
    stderr.write("interrupted\n");
  } else if (logFormat === "json") {
    stderr.write(`${errorLine(shownError(error, redactor), undefined, surroundings)}\n`);
  } else {
    stderr.write(redactor.redact(renderError(error, paintErr, { stack: logLevel === "debug" })));
  }
}
