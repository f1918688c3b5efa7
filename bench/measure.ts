import { spawn } from "node:child_process";
import type { Command } from "./command.js";
import { type PeakMemory, watchMemory } from "./memory.js";

/** One run of a program, from its start to its exit. */
export interface Measurement {
  readonly seconds: number;
  readonly memory: PeakMemory;
}

const longestSeconds = 600;

/**
 * Runs a program to its end and measures it.
 * @throws Error with the end of what it printed, when it fails or does not end
 */
export async function measure(command: Command): Promise<Measurement> {
  const [program, ...args] = command.argv;
  const started = performance.now();
  const child = spawn(program!, args, {
    cwd: command.cwd,
    env: { ...process.env, NO_COLOR: "1", ...command.env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: longestSeconds * 1000,
    killSignal: "SIGKILL",
  });
  const watch = child.pid === undefined ? undefined : watchMemory(child.pid);
  let output = "";
  const keep = (text: string) => {
    output = (output + text).slice(-4000);
  };
  child.stdout.setEncoding("utf8").on("data", keep);
  child.stderr.setEncoding("utf8").on("data", keep);
  let seconds = 0;
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", () => {
      seconds = (performance.now() - started) / 1000;
    });
    child.on("close", resolve);
  });
  const memory = watch?.stop() ?? { largest: undefined, tree: undefined };
  if (code !== 0) throw new Error(`${command.argv.join(" ")}\nended with ${code}:\n${output.trim()}`);
  return { seconds, memory };
}
