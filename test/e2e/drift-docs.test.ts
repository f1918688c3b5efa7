import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

it("docs/drift.md: the example runs as it is written, and gives what it says", () => {
  const page = readFileSync(join(root, "docs/drift.md"), "utf8");
  const blocks = [...page.split("## Try it")[1]!.matchAll(/```(\w+)\n(.*?)```/gs)];
  const [project, script, result] = ["yaml", "sh", "csv"].map((kind) => blocks.find((block) => block[1] === kind)![2]!);
  const cwd = mkdtempSync(join(tmpdir(), "sluice-docs-"));
  writeFileSync(join(cwd, "sluice.yaml"), project!);
  writeFileSync(join(cwd, "sluice"), `#!/bin/sh\nexec "${process.execPath}" "${root}program/cli/main.js" "$@"\n`);
  chmodSync(join(cwd, "sluice"), 0o755);
  const env = { ...process.env, PATH: `${cwd}${delimiter}${process.env.PATH}`, NO_COLOR: "1" };
  const told = execFileSync("/bin/sh", ["-ec", script!], { cwd, env, encoding: "utf8", stdio: "pipe" }).replaceAll(
    "\r\n",
    "\n",
  );
  expect(told.trimEnd().endsWith(result!.trimEnd())).toBe(true);
  expect(told).toContain("drift.types(total)");
  expect(told).toContain("'amount' may be 'total' renamed");
});
