import { spawn } from "node:child_process";
import { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { commandLine as CommandLineOf } from "../../cli/command-line.js";

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Sends a signal when stderr has a line that matches, when something outside has come, or after some time; SIGKILL where none is named. */
  readonly killAt?: {
    readonly line?: RegExp;
    readonly when?: () => Promise<void>;
    readonly ms?: number;
    readonly signal?: NodeJS.Signals;
  };
  /** What it reads from standard input. */
  readonly input?: string;
}

export interface ProgramResult {
  /** The exit code, undefined when a signal ended it. */
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

const folder = new URL("../../program/cli/", import.meta.url);

/**
 * Runs the built command line, `sluice …`, within this process, which costs half the time of a process of its own: for
 * tests that are about what a command does, not about its process.
 */
export async function runSluice(
  args: readonly string[],
  { cwd = process.cwd(), env }: Pick<ProgramOptions, "cwd" | "env"> = {},
): Promise<Pick<ProgramResult, "code" | "stdout" | "stderr">> {
  const { commandLine }: { commandLine: typeof CommandLineOf } = await import(new URL("command-line.js", folder).href);
  const [stdout, stderr] = [textOf(), textOf()];
  const line = commandLine(args, {
    cwd,
    env: { ...process.env, NO_COLOR: "1", ...env },
    stdout: stdout.stream,
    stderr: stderr.stream,
    interruption: { signal: new AbortController().signal, exitCode: () => undefined },
  });
  const code = await line.run();
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

/** Runs the built command line as a process, as users do, and waits for its end. */
export function runSluiceProcess(args: readonly string[], options: ProgramOptions = {}): Promise<ProgramResult> {
  return runProgram(process.execPath, [fileURLToPath(new URL("main.js", folder)), ...args], options);
}

/** Runs a program and waits for its end, which `killAt` may bring about. */
export function runProgram(
  command: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  const { killAt, input } = options;
  const start = performance.now();
  const child = spawn(command, args, { cwd: options.cwd, env: { ...process.env, NO_COLOR: "1", ...options.env } });
  const kill = () => child.kill(killAt?.signal ?? "SIGKILL");
  const timer = killAt?.ms === undefined ? undefined : setTimeout(kill, killAt.ms);
  const waited = killAt?.when?.().then(kill);
  let stdout = "";
  let stderr = "";
  child.stdin.end(input);
  child.stdin.on("error", () => undefined);
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    if (killAt?.line?.test(stderr)) kill();
  });
  return new Promise((resolve, reject) => {
    waited?.catch(reject);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const ms = performance.now() - start;
      resolve({ code: code ?? undefined, signal: signal ?? undefined, stdout, stderr, ms });
    });
  });
}

/** A stream that keeps what is written to it. */
function textOf(): { stream: NodeJS.WriteStream; text(): string } {
  const chunks: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  return { stream: stream as NodeJS.WriteStream, text: () => chunks.join("") };
}
