import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ProgramResult, runSluiceProcess } from "../support/run-program.js";

const dir = mkdtempSync(join(tmpdir(), "sluice-mine-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const connector = `
import { createPacker, DataError, defineSource, type Message, scalar, secret, type Stream, z } from "sluice/sdk";

const columns = [{ name: "id", type: scalar("int64"), nullable: false }];
const stream: Stream = { name: "people", columns, primaryKey: ["id"], cursorFields: [], readModes: ["full_refresh"] };

export default defineSource({
  name: "mine",
  title: "Mine",
  config: z.strictObject({ token: secret("Token"), broken: z.boolean().default(false) }),
  async open({ token, broken }) {
    return {
      async check() {},
      discover: async () => ({ streams: [stream] }),
      async *read({ columns: _ }): AsyncGenerator<Message> {
        if (broken) throw new DataError("mine.row", \`row 7: \${token}, \${token.reveal()}\`, { hint: "mend it", row: "7" });
        const packer = createPacker(columns, {});
        packer.add({ id: 1 });
        yield { type: "batch", batch: packer.flush()! };
        yield { type: "checkpoint", state: {} };
      },
      async close() {},
    };
  },
});`;

beforeAll(() => {
  writeFileSync(join(dir, "mine.ts"), connector);
  writeFileSync(
    join(dir, "sluice.yaml"),
    `sources: { mine: { connector: ./mine.ts, token: "\${TOKEN}" } }
destinations: { d: { connector: duckdb, path: d.duckdb } }
connections: { c: { source: mine, destination: d } }`,
  );
});

function sluice(...args: string[]): Promise<ProgramResult> {
  return runSluiceProcess([...args, "--json"], { cwd: dir, env: { TOKEN: "opensesame" } });
}

test.each([["check"], ["discover", "mine"], ["plan"], ["sync"]])(
  "sluice %s works with a connector in a file, with the built command line",
  async (...args) => {
    const { code, stdout, stderr } = await sluice(...args);
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain("people");
    expect(stdout + stderr).not.toContain("opensesame");
  },
);

test("sluice copy takes its settings from --set, and tells its errors as they are, without secrets", async () => {
  const { code, stdout, stderr } = await sluice(
    ...["copy", "mine.ts", "copy.duckdb", "--set", ["token=$", "{TOKEN}"].join(""), "--set", "broken=true"],
  );
  expect(code).toBe(9);
  const [{ streams }] = JSON.parse(stdout).connections;
  expect(streams[0].error).toMatchObject({ kind: "data", code: "mine.row", hint: "mend it", stream: "people" });
  expect(streams[0].error.message).toBe("row 7: [secret], [secret]");
  expect(stdout + stderr).not.toContain("opensesame");
});

test("names a setting that is missing, and how to give it", async () => {
  const { code, stdout } = await sluice("discover", "mine.ts");
  expect(code).toBe(3);
  expect(JSON.parse(stdout).error).toMatchObject({
    code: "config.invalid",
    message: "the settings of connector 'mine' are not valid: 'token' is missing",
    hint: expect.stringContaining("--set token=…"),
  });
});

test("an answer with a name twice keeps both values as JSON", async () => {
  await sluice("sync");
  const { stdout } = await sluice("query", "select 1 as a, 2 as a, 3 as a_2");
  expect(JSON.parse(stdout)).toEqual({ columns: ["a", "a_3", "a_2"], rows: [{ a: 1, a_3: 2, a_2: 3 }] });
});
