import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runSluiceProcess } from "../support/run-program.js";

const dir = mkdtempSync(join(tmpdir(), "sluice-kit-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test("what a connector does not keep is told with the fix, and is exit code 1", async () => {
  writeFileSync(
    join(dir, "plain.ts"),
    `import { defineSource, z } from "sluice/sdk";
     const config = z.strictObject({ token: z.string().describe("Token") });
     export default defineSource({ name: "plain", config, streams: {} });`,
  );
  const { code, stdout } = await runSluiceProcess(
    ["connector", "test", "./plain.ts", "--set", "token=abcd", "--only", "config"],
    { cwd: dir },
  );
  expect(code).toBe(1);
  expect(stdout).toMatch(/✗ config keeps its secrets: .*token\n +fix declare it with secret/);
});

test("a file is not written over, and a name must be one", async () => {
  await runSluiceProcess(["connector", "new", "twice"], { cwd: dir });
  expect(readdirSync(dir)).toEqual(expect.arrayContaining(["twice.ts", "twice.fixture.ts"]));
  for (const name of ["twice", "No Name"]) {
    expect((await runSluiceProcess(["connector", "new", name], { cwd: dir })).code).toBe(2);
  }
});

test("an API described in YAML is a connector of its own, and passes its checks as it is", async () => {
  await runSluiceProcess(["connector", "new", "nuts", "--rest"], { cwd: dir });
  const { code, stdout } = await runSluiceProcess(["connector", "test", "./nuts.yaml", "--only", "read"], { cwd: dir });
  expect(code, stdout).toBe(0);
  expect(stdout).toContain("✓ an incremental read gives nothing twice");
});

test("the reference page of a connector is made of its code", async () => {
  await runSluiceProcess(["connector", "new", "bolts"], { cwd: dir });
  const { code, stdout } = await runSluiceProcess(["connector", "docs", "./bolts.ts"], { cwd: dir });
  expect(code).toBe(0);
  expect(stdout).toContain("# Bolts, source");
  expect(stdout).toContain("| `token` | secret | required | Token that may read parts |");
  expect(stdout).toContain("| `parts` | `id` | `updated_at` | full_refresh, incremental |");
});

test("the list has what connectors read and how they write", async () => {
  const { stdout } = await runSluiceProcess(["connector", "list", "--json"], { cwd: dir });
  const { connectors } = JSON.parse(stdout) as { connectors: { name: string }[] };
  expect(connectors.find(({ name }) => name === "github")).toMatchObject({
    source: true,
    destination: false,
    streams: ["issues"],
    read_modes: ["full_refresh", "incremental"],
  });
  expect(connectors.find(({ name }) => name === "duckdb")).toMatchObject({ streams: null, destination: true });
});
