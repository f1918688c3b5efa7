import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { freePort } from "../support/free-port.js";
import { runProgram } from "../support/run-program.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const cli = join(root, "program/cli/main.js");
const parent = mkdtempSync(join(tmpdir(), "sluice-tutorial-"));
const background: ChildProcess[] = [];
afterAll(() => {
  for (const child of background) child.kill();
  rmSync(parent, { recursive: true, force: true });
});

/** A fenced block of the page: a file where its first line names one, else commands. */
interface Block {
  readonly language: string;
  readonly label: string;
  readonly text: string;
}

function blocksOf(page: string): Block[] {
  return [...page.matchAll(/^```(\w+) ?(\S*)\n(.*?)^```$/gms)].map(([, language, label, text]) => ({
    language: language!,
    label: label!,
    text: text!,
  }));
}

test("the tutorial leads from nothing to a first sync, step by step", async () => {
  const port = await freePort();
  const page = readFileSync(join(root, "docs/write-a-connector.md"), "utf8").replaceAll("8402", String(port));
  const said: string[] = [];
  let dir = parent;
  for (const { language, label, text } of blocksOf(page)) {
    if (label === "background") {
      const [command, ...args] = text.trim().split(" ");
      background.push(spawn(command!, args, { cwd: dir, stdio: "ignore" }));
      await listening(port);
    } else if (language === "sh" && label === "") {
      for (const line of text.trim().split("\n")) dir = await run(line, dir, said);
    } else {
      writeFileSync(join(dir, label), text);
    }
  }
  const [made, tried, checked, first, counted, second, live, replayed, docs] = said;
  expect(made).toContain("shop.fixture.ts");
  // Nothing is skipped either: what `new` writes shows every check at work.
  expect(tried).toMatch(/\n\d\d passed, 0 failed\n$/);
  expect(checked).toContain("all is in place");
  expect(first).toMatch(/orders +shop\.orders +incremental +merge +210 /);
  expect(counted).toMatch(/\n +210 +\d+\.\d\d/);
  expect(second).toMatch(/orders +shop\.orders +incremental +merge +3 /);
  expect(live).toMatch(/against its system.*\d\d passed, 0 failed/s);
  expect(live).toContain("recorded in shop.jsonl");
  expect(replayed).toMatch(/against its recording.*\d\d passed, 0 failed/s);
  const recording = readFileSync(join(dir, "shop.jsonl"), "utf8");
  expect(recording).toContain('"query":{"page":["2"]}');
  expect(recording).not.toContain("demo-key");
  expect(docs).toContain("| `key` | secret | required | API key of the shop |");
});

/** Runs a line of the page; returns the folder it ends in. What Sluice says is added to `said`. */
async function run(line: string, dir: string, said: string[]): Promise<string> {
  if (line === "mkdir shop && cd shop") {
    mkdirSync(join(dir, "shop"));
    return join(dir, "shop");
  }
  if (line === "npm install sluice") {
    // The package as it is here, in place of the registry's.
    mkdirSync(join(dir, "node_modules"));
    symlinkSync(root, join(dir, "node_modules/sluice"));
    return dir;
  }
  if (line === "npm install vitest") {
    symlinkSync(join(root, "node_modules/vitest"), join(dir, "node_modules/vitest"));
    return dir;
  }
  const [program, ...words] = line.match(/"[^"]*"|\S+/g)!.map((word) => word.replaceAll('"', ""));
  const isSluice = program === "npx" && words[0] === "sluice";
  const { code, stdout, stderr } = await (isSluice
    ? runProgram(process.execPath, [cli, ...words.slice(1)], { cwd: dir })
    : runProgram(program!, words, { cwd: dir }));
  expect(code, `${line}\n${stdout}${stderr}`).toBe(0);
  if (isSluice) said.push(stdout);
  return dir;
}

async function listening(port: number): Promise<void> {
  const answers = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false));
      socket.on("connect", () => socket.end());
    });
  await expect.poll(answers).toBe(true);
}
