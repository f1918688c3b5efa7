import { type ChildProcess, spawn } from "node:child_process";
import { ConfigError, type SluiceError, TransientError } from "../errors.js";
import { endWithParent } from "./end-with-parent.js";
import { type Line, linesOf } from "./lines.js";

/** A program to run: without a shell, with nothing of this process's environment but what `env` names. */
export interface ChildSpec {
  /** A path, or a name to be found on `env.PATH`. */
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The program has failed when it says nothing for this long, on stdout or stderr, while it is waited for. */
  readonly silenceMs: number;
  readonly signal: AbortSignal;
  /** Takes secrets out of what the program said, before anyone sees it. */
  redact(text: string): string;
  /** A line of stderr, without secrets, cut where it is very long. */
  onErrorLine(line: string): void;
}

/** How long a program may take to end once it is asked to. */
const graceMs = 5_000;
/** Lines of stderr that a failure is told with, and how much of each is kept. */
const toldLines = 10;
const toldCharacters = 2_000;

/**
 * Runs a program and gives the lines of its stdout; it waits while they are not taken. The iteration ends when the
 * program has ended well; leaving it early, or aborting `signal`, ends the program and all that it started, and so does the
 * end of this process, even one by SIGKILL.
 * @throws ConfigError `child.not_found`, `child.not_executable`
 * @throws TransientError `child.exited` for an exit code or a signal, `child.silent`
 */
export async function* childLines(spec: ChildSpec): AsyncGenerator<readonly Line[]> {
  spec.signal.throwIfAborted();
  const child = spawn(spec.command, spec.args, {
    cwd: spec.cwd,
    env: spec.env,
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own, so that what it starts can be ended with it.
    detached: true,
  });
  const watchdog = child.pid === undefined ? undefined : endWithParent(child.pid, graceMs);
  const ending = endOf(child);
  ending.catch(() => undefined);
  const last: string[] = [];
  let watch: NodeJS.Timeout | undefined;
  const tell = (written: string) => {
    const line = spec.redact(written);
    last.push(line);
    if (last.length > toldLines) last.shift();
    spec.onErrorLine(line);
  };
  const reading = readErrors(child, { alive: () => watch?.refresh(), tell });
  reading.catch(() => undefined);

  async function heard<T>(sign: Promise<T>): Promise<T> {
    let stop = () => {};
    const silent = new Promise<never>((_, reject) => {
      watch = setTimeout(() => reject(silence(spec)), spec.silenceMs);
      stop = () => reject(spec.signal.reason);
      spec.signal.addEventListener("abort", stop, { once: true });
    });
    try {
      return await Promise.race([sign, silent]);
    } finally {
      clearTimeout(watch);
      spec.signal.removeEventListener("abort", stop);
    }
  }

  try {
    const lines = linesOf(child.stdout)[Symbol.asyncIterator]();
    for (let next = await heard(lines.next()); !next.done; next = await heard(lines.next())) yield next.value;
    const { code, signal } = await heard(ending);
    await heard(reading);
    if (code !== 0) throw exited(spec, code === null ? `was ended by ${signal}` : `ended with exit code ${code}`, last);
  } finally {
    await endChild(child, ending);
    watchdog?.stop();
  }
}

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

function endOf(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve, reject) => {
    child.once("error", (cause) => reject(notStarted(child.spawnfile, cause)));
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
}

interface Listener {
  alive(): void;
  tell(line: string): void;
}

async function readErrors(child: ChildProcess, { alive, tell }: Listener): Promise<void> {
  let rest = "";
  child.stderr!.setEncoding("utf8");
  for await (const text of child.stderr!) {
    alive();
    const lines = (rest + text).split("\n");
    rest = lines.pop()!.slice(0, toldCharacters);
    for (const line of lines) if (line.trim() !== "") tell(line.slice(0, toldCharacters));
  }
  if (rest.trim() !== "") tell(rest);
}

async function endChild(child: ChildProcess, ending: Promise<Ending>): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  // Also after its own end: what it started may still be there.
  const kill = (signal: NodeJS.Signals) => {
    try {
      process.kill(-pid, signal);
    } catch {
      // The group is gone.
    }
  };
  kill("SIGTERM");
  const timer = setTimeout(() => kill("SIGKILL"), graceMs);
  child.stdout?.destroy();
  child.stderr?.destroy();
  await ending.catch(() => undefined);
  clearTimeout(timer);
}

function notStarted(command: string, cause: Error): SluiceError {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === "ENOENT") {
    return new ConfigError("child.not_found", `there is no program '${command}'`, {
      hint: "install it, or give its path; relative paths start at the folder of sluice.yaml",
      cause,
    });
  }
  if (code === "EACCES") {
    return new ConfigError("child.not_executable", `'${command}' may not be executed`, {
      hint: `chmod +x ${command}`,
      cause,
    });
  }
  return new TransientError("child.not_started", `'${command}' could not be started: ${cause.message}`, { cause });
}

function silence({ command, silenceMs }: ChildSpec): TransientError {
  return new TransientError("child.silent", `'${command}' has said nothing for ${silenceMs / 1000} seconds`, {
    hint: "raise silence_seconds if it needs longer; else its log says where it hangs",
  });
}

function exited({ command }: ChildSpec, how: string, last: readonly string[]): TransientError {
  const said = last.length === 0 ? "" : `; it said: ${last.join(" | ")}`;
  return new TransientError("child.exited", `'${command}' ${how}${said}`, {
    hint: "run it by hand with the same config, or see its whole log with --log-level debug",
  });
}
