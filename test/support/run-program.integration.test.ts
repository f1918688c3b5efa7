import { expect, test } from "vitest";
import { runProgram, runSluice, runSluiceProcess } from "./run-program.js";

const endless = "console.error('step one'); console.log('out'); setInterval(() => {}, 1000)";

test("kills a program when a line appears", async () => {
  const result = await runProgram(process.execPath, ["-e", endless], { killAt: { line: /^step one$/m } });
  expect(result).toMatchObject({ code: undefined, signal: "SIGKILL" });
});

test("kills a program after some time, by the signal named", async () => {
  const result = await runProgram(process.execPath, ["-e", endless], { killAt: { ms: 100, signal: "SIGTERM" } });
  expect(result).toMatchObject({ code: undefined, signal: "SIGTERM" });
});

test("returns the exit code and what was printed", async () => {
  const echo = "process.stdin.pipe(process.stdout); process.exitCode = 3";
  const result = await runProgram(process.execPath, ["-e", echo], { input: "hello" });
  expect(result).toMatchObject({ code: 3, stdout: "hello" });
});

test.each([["sync", "--json", "--project", "/nowhere"], ["state"], ["--help"], ["copy", "a.csv"]])(
  "the command line within this process says what it says as a process: %s",
  async (...words) => {
    const { code, stdout, stderr } = await runSluiceProcess(words);
    expect(await runSluice(words)).toEqual({ code, stdout, stderr });
  },
);
