import { homedir } from "node:os";
import { resolve } from "node:path";
import { z } from "zod";
import type { ConnectorContext } from "../context.js";
import { SystemError } from "../errors.js";
import type { JsonObject } from "../json.js";
import { childLines } from "./child-lines.js";
import type { Line } from "./lines.js";
import { type KeptConfig, keptConfig, type PrivateFolder, privateFolder } from "./private-files.js";
import { configRedactor } from "./redact.js";

/** The settings of every connector that hosts a program. */
export const programFields = {
  command: z.string().min(1).describe("The program: a path, relative to the project's folder, or a name on the PATH"),
  args: z.array(z.string()).default([]).describe("Arguments in front of those of the protocol"),
  env: z
    .record(z.string(), z.string())
    .default({})
    .describe("Variables the program sees; without them it sees PATH, HOME, LANG, LC_ALL and TZ only"),
  config: z
    .record(z.string(), z.json())
    .default({})
    .describe("The program's own config; it gets it in a file that only this user may read"),
  silence_seconds: z
    .number()
    .positive()
    .default(900)
    .describe("The run fails when the program is waited for and says nothing, on stdout or stderr, for this long"),
  types: z
    .record(z.string(), z.record(z.string(), z.string()))
    .default({})
    .describe("Types by stream and column, `{ orders: { price: decimal(12,4) } }`, where its schema says too little"),
};

const programConfig = z.object(programFields);
export type ProgramConfig = z.output<typeof programConfig>;

/** A program that is run again and again, with one config. */
export interface Program {
  /** Runs it with the arguments that `args` makes; `configPath` is its private copy of the config. */
  run(run: ProgramRun): AsyncGenerator<readonly Line[]>;
  /** Keeps a config that the program has changed, at once. */
  keepConfig(config: JsonObject): Promise<void>;
  redact(text: string): string;
  /** Ends what runs. */
  close(): Promise<void>;
}

export interface ProgramRun {
  readonly signal?: AbortSignal;
  args(configPath: string, folder: PrivateFolder): Promise<readonly string[]>;
}

const configName = "config.json";

/** Prepares a program: no process runs yet. */
export async function openProgram(config: ProgramConfig, context: ConnectorContext): Promise<Program> {
  const kept = await keptConfig(
    context.projectDir,
    [config.command, ...config.args].join(" "),
    config.config as JsonObject,
  );
  const redact = configRedactor(config.config as JsonObject, kept.current, config.env);
  const closing = new AbortController();
  const running = new Set<Promise<void>>();

  async function* run({ signal, args }: ProgramRun): AsyncGenerator<readonly Line[]> {
    let done = () => {};
    const ended = new Promise<void>((resolve) => {
      done = resolve;
    });
    running.add(ended);
    const folder = await privateFolder(context.workDir);
    const given = JSON.stringify(kept.current);
    try {
      const configPath = await folder.write(configName, given);
      const signals = [closing.signal, context.signal, ...(signal === undefined ? [] : [signal])];
      yield* childLines({
        command: /[/\\]/.test(config.command) ? resolve(context.projectDir, config.command) : config.command,
        args: [...config.args, ...(await args(configPath, folder))],
        cwd: context.projectDir,
        env: { ...ownEnvironment(), ...config.env },
        silenceMs: config.silence_seconds * 1000,
        signal: AbortSignal.any(signals),
        redact,
        onErrorLine: (line) => context.log(isAlarm(line) ? "warn" : "debug", line),
      });
    } finally {
      // Tokens that are good for one use may have been used, however the run ended.
      await keepLeft(folder, given, kept);
      await folder.remove();
      running.delete(ended);
      done();
    }
  }

  return {
    run,
    keepConfig: kept.keep,
    redact,
    async close() {
      closing.abort(new SystemError("source.closed", "the source is closed"));
      await Promise.all(running);
    },
  };
}

/** Keeps what the program has made of its config file, if that is still one. */
async function keepLeft(folder: PrivateFolder, given: string, kept: KeptConfig): Promise<void> {
  try {
    const left = await folder.read(configName);
    if (left !== given) await kept.keep(JSON.parse(left) as JsonObject);
  } catch (error) {
    if (!(error instanceof SyntaxError) && (error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

function ownEnvironment(): Record<string, string> {
  const { PATH = "", HOME = homedir(), LANG = "C.UTF-8", LC_ALL, TZ } = process.env;
  return { PATH, HOME, LANG, ...(LC_ALL === undefined ? {} : { LC_ALL }), ...(TZ === undefined ? {} : { TZ }) };
}

function isAlarm(line: string): boolean {
  return /\b(error|critical|fatal|traceback|exception)\b/i.test(line);
}
