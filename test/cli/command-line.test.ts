import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { runSluice, runSluiceProcess } from "../support/run-program.js";

const cwd = mkdtempSync(join(tmpdir(), "sluice-test-"));

describe("sluice, before it touches anything", () => {
  it("prints help and version", async () => {
    const help = await runSluiceProcess(["--help"], { cwd });
    expect(help).toMatchObject({ code: 0, stderr: "" });
    for (const verb of [
      "init",
      "copy",
      "check",
      "discover",
      "plan",
      "sync",
      "state",
      "query",
      "connector",
      "completion",
    ]) {
      expect(help.stdout).toMatch(new RegExp(`^  ${verb}\\b`, "m"));
    }
    expect((await runSluiceProcess(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([
    [["sinc"], "did you mean sync?"],
    [["copy", "a.csv", "b.duckdb", "--strem", "x"], "did you mean --stream?"],
    [["state", "rewnd"], "did you mean rewind?"],
    [["copy", "a.csv"], "missing required argument 'to'"],
    [["copy", "a.csv", "b.duckdb", "--read", "some"], "full_refresh, incremental"],
    [["copy", "a.csv", "b.duckdb", "--max-memory", "lots"], "512MiB"],
    [["copy", "notes.docx", "b.duckdb"], "no such file"],
    [["copy", "b.duckdb", "./b.duckdb"], "the same duckdb database"],
    [["copy", "postgres://h/d", "postgres://u@h/d", "--schema", "shop", "--stream", "shop.orders"], "--schema NAME"],
    [["copy", "*.csv", "b.duckdb", "--stream", "*", "--table", "t"], "one stream"],
    [["completion", "tcsh"], "bash, zsh, fish"],
    [["query", "select 1", "--csv", "--json"], "--csv and --json"],
  ])("answers a wrong command line with 2 and a way out: %j", async (args, words) => {
    const { code, stderr, stdout } = await runSluice(args, { cwd });
    expect(code).toBe(2);
    expect(args.includes("--json") ? stdout : stderr).toContain(words);
    expect(stderr).not.toMatch(/\n {4}at /);
  });

  it("prints help and answers 2 where a command is missing", async () => {
    for (const args of [[], ["state"]]) {
      expect(await runSluice(args, { cwd })).toMatchObject({
        code: 2,
        stdout: "",
        stderr: expect.stringContaining("Commands:"),
      });
    }
  });

  it("answers a missing project with 3, as JSON where it is asked for", async () => {
    const { code, stdout, stderr } = await runSluice(["sync", "--json"], { cwd });
    expect({ code, stderr }).toEqual({ code: 3, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({
      error: { kind: "config", code: "project.not_found", hint: expect.any(String) },
    });
  });

  it("logs the error as one JSON line where logs are JSON", async () => {
    const { code, stdout, stderr } = await runSluice(["sync", "--log-format", "json"], { cwd });
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(JSON.parse(stderr)).toMatchObject({ level: "error", code: "project.not_found", time: expect.any(String) });
  });

  it("answers a wrong project file with 3 and the place", async () => {
    const dir = mkdtempSync(join(tmpdir(), "sluice-test-"));
    writeFileSync(join(dir, "sluice.yaml"), "sources:\n  a: { connector: postgres, url: x, porrt: 1 }\n");
    const text = await runSluice(["check", "--project", dir], { cwd });
    expect(text).toMatchObject({ code: 3, stdout: "", stderr: expect.stringContaining("sluice.yaml:2:") });
    expect(text.stderr).toContain("did you mean 'port'?");
    const json = await runSluice(["check", "--project", dir, "--json"], { cwd });
    expect(JSON.parse(json.stdout).error.problems).toEqual([
      expect.objectContaining({ place: expect.objectContaining({ file: "sluice.yaml", line: 2 }) }),
    ]);
  });
});

describe("sluice init", () => {
  it("writes a project and its schema for editors, and never over another", async () => {
    const { code, stdout } = await runSluice(["init", "shop", "--json"], { cwd });
    expect(code).toBe(0);
    const { dir, files } = JSON.parse(stdout) as { dir: string; files: string[] };
    expect(files).toContain("sluice.yaml");
    expect(Object.keys(parse(readFileSync(join(dir, "sluice.yaml"), "utf8")))).toEqual([
      "sources",
      "destinations",
      "connections",
    ]);
    const schema = JSON.parse(readFileSync(join(dir, ".sluice/schema.json"), "utf8"));
    expect(JSON.stringify(schema.properties.sources)).toContain('"const":"postgres"');
    expect((await runSluice(["init", "shop"], { cwd })).code).toBe(3);
  });
});

describe("sluice completion", () => {
  it("prints a bash script that completes commands, options and choices", async () => {
    const { stdout } = await runSluice(["completion", "bash"]);
    expect(completed(stdout, ["sluice", "co"])).toEqual(["copy", "connector", "completion"]);
    expect(completed(stdout, ["sluice", "state", "re"])).toEqual(["rewind", "reset"]);
    expect(completed(stdout, ["sluice", "copy", "a", "b", "--wr"])).toEqual(["--write"]);
    expect(completed(stdout, ["sluice", "copy", "a", "b", "--write", "me"])).toEqual(["merge"]);
  });

  it.each(["zsh", "fish"])("prints a %s script that names every command", async (shell) => {
    const { code, stdout } = await runSluice(["completion", shell]);
    expect(code).toBe(0);
    for (const word of ["discover", "rewind", "max-memory", "incremental"]) expect(stdout).toContain(word);
  });
});

function completed(script: string, words: string[]): string[] {
  const line = `${script}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}; _sluice; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = spawnSync("bash", ["-c", line], { encoding: "utf8" });
  return stdout.trim().split("\n");
}
