import { commandLine } from "./command-line.js";
import { watchInterruption } from "./interruption.js";

const { argv, env, stdout, stderr } = process;
const interruption = watchInterruption();
const line = commandLine(argv.slice(2), { cwd: process.cwd(), env, stdout, stderr, interruption });

// A reader that has seen enough (`| head`) stops no run.
for (const stream of [stdout, stderr]) stream.on("error", () => undefined);
process.on("uncaughtException", (error) => {
  process.exitCode = line.fail(error);
  process.exit();
});

void runToEnd();

async function runToEnd(): Promise<void> {
  process.exitCode = await line.run();
  // What is left behind (sockets, threads) must not keep a finished command alive.
  await Promise.all([stdout, stderr].map((stream) => new Promise((resolve) => stream.write("", resolve))));
  process.exit();
}
