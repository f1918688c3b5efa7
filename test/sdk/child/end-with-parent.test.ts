import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const module = fileURLToPath(new URL("../../../dist/sdk/child/child-lines.js", import.meta.url));

/** A program that starts another one, says who they are, and then neither speaks nor listens. */
const program = `
  const { spawn } = require("node:child_process");
  const other = spawn("sleep", ["600"], { stdio: "ignore" });
  console.log(process.pid + " " + other.pid);
  process.on("SIGHUP", () => {});
  setInterval(() => {}, 1000);
`;

/** A process that hosts it, and passes on what it says. */
const host = `
  const { childLines } = await import(${JSON.stringify(module)});
  const lines = childLines({
    command: process.execPath, args: ["-e", ${JSON.stringify(program)}], cwd: "/", env: { PATH: process.env.PATH },
    silenceMs: 60_000, signal: new AbortController().signal, redact: (text) => text, onErrorLine() {},
  });
  for await (const some of lines) console.log(some.join("\\n"));
`;

test.each(["SIGKILL", "SIGINT"] as const)(
  "programs end with the process that hosts them, by %s too",
  async (signal) => {
    const hosting = spawn(process.execPath, ["--input-type=module", "-e", host], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [said] = (await once(hosting.stdout, "data")) as [Buffer];
    const pids = said.toString().trim().split(" ").map(Number);
    expect(pids.map(isRunning)).toEqual([true, true]);
    hosting.kill(signal);
    await once(hosting, "exit");
    await expect.poll(() => pids.map(isRunning), { interval: 100 }).toEqual([false, false]);
  },
);

/** What has ended and that nobody has asked for the end of is a zombie. */
function isRunning(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return /^[^Z]/.test(stdout.trim());
}
