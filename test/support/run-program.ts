import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Sends a signal when stderr has a line that matches, or after some time; SIGKILL where none is named. */
  readonly killAt?: { readonly line?: RegExp; readonly ms?: number; readonly signal?: NodeJS.Signals };
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

const cli = fileURLToPath(new URL("../../program/cli/main.js", import.meta.url));

/** Runs the built command line, `sluice …`, and waits for its end. */
export function runSluice(args: readonly string[], options: ProgramOptions = {}): Promise<ProgramResult> {
  return runProgram(process.execPath, [cli, ...args], options);
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
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const ms = performance.now() - start;
      resolve({ code: code ?? undefined, signal: signal ?? undefined, stdout, stderr, ms });
    });
  });
}
