import { expect, test } from "vitest";
import { runProgram } from "./run-program.js";

const endless = "console.error('step one'); console.log('out'); setInterval(() => {}, 1000)";

test("kills a program when a line appears", async () => {
  const result = await runProgram(process.execPath, ["-e", endless], { killAt: { line: /^step one$/m } });
  expect(result).toMatchObject({ code: undefined, signal: "SIGKILL" });
});

test("kills a program after some time, by the signal named", async () => {
  const result = await runProgram(process.execPath, ["-e", endless], { killAt: { ms: 500, signal: "SIGTERM" } });
  expect(result).toMatchObject({ signal: "SIGTERM", stdout: "out\n", stderr: "step one\n" });
});

test("returns the exit code and what was printed", async () => {
  const echo = "process.stdin.pipe(process.stdout); process.exitCode = 3";
  const result = await runProgram(process.execPath, ["-e", echo], { input: "hello" });
  expect(result).toMatchObject({ code: 3, stdout: "hello" });
});
