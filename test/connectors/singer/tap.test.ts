import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import singer from "../../../connectors/singer/index.js";
import type { Json, JsonObject } from "../../../sdk/json.js";
import type { ReadRequest } from "../../../sdk/source.js";
import { readRequest, readStream, type StreamRead, testContext } from "../../../sdk/testing/index.js";

const tap = fileURLToPath(new URL("./tap.mjs", import.meta.url));
let context: ReturnType<typeof testContext>;
beforeEach(() => {
  context = testContext();
});
afterEach(() => context.remove());

/** Reads the tap's orders with settings on top of those that work. */
async function read(
  config: JsonObject,
  overrides: Partial<ReadRequest> = {},
  settings: JsonObject = {},
): Promise<StreamRead> {
  const rows = join(context.projectDir, "rows.jsonl");
  if (!existsSync(rows)) {
    const lines = [1, 2, 3, 4, 5].map((id) => JSON.stringify({ id, note: `n${id}`, at: `2024-02-29T0${id}:00:00Z` }));
    writeFileSync(rows, lines.join("\n"));
  }
  const source = await singer.open(
    singer.config.parse({
      command: process.execPath,
      args: [tap],
      config: { rows, password: "sesame99", ...config },
      ...settings,
    }),
    context,
  );
  try {
    const { streams } = await source.discover({ streams: ["orders"] });
    return await readStream(source, readRequest(streams[0]!, overrides));
  } finally {
    await source.close();
  }
}

test.each([
  ["dies", "transient", "child.exited", /was ended by SIGKILL/],
  ["throws", "transient", "child.exited", /exit code 1; it said: CRITICAL cannot reach the server with \[secret\]/],
  ["exit_code", "transient", "child.exited", /exit code 3/],
  ["prints_words", "data", "singer.bad_message", /no Singer message/],
  ["tears_a_line", "data", "singer.bad_message", /no Singer message/],
  ["says_latin1", "data", "child.not_utf8", /not UTF-8/],
  ["gives_batches", "config", "singer.batch", /BATCH files/],
  ["gives_an_unknown_stream", "data", "singer.unknown_stream", /'parcels'/],
])("a tap that %s is a failed read: %s, %s", async (fault, kind, code, message) => {
  const failed = read({ fault }, { mode: "incremental", batch: { rows: 2, bytes: 1000 } });
  await expect(failed).rejects.toMatchObject({ kind, code, message: expect.stringMatching(message) });
  await expect(failed).rejects.not.toMatchObject({ message: expect.stringContaining("sesame99") });
  expect(JSON.stringify(context.lines)).not.toContain("sesame99");
  expect(readdirSync(context.workDir)).toEqual([]);
});

test("a tap that falls silent is a failed read, and is ended", async () => {
  const failed = read({ fault: "hangs" }, {}, { silence_seconds: 0.5 });
  await expect(failed).rejects.toMatchObject({ kind: "transient", code: "child.silent", message: /0\.5 seconds/ });
});

test("a tap that hangs is ended when the read is aborted", async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error("enough")), 400);
  await expect(read({ fault: "hangs" }, { signal: controller.signal })).rejects.toThrow("enough");
});

test("a program that is not there, or may not be run, is told with the fix", async () => {
  await expect(read({}, {}, { command: "tap-nowhere" })).rejects.toMatchObject({ code: "child.not_found" });
  writeFileSync(join(context.projectDir, "tap"), "");
  chmodSync(join(context.projectDir, "tap"), 0o644);
  await expect(read({}, {}, { command: "./tap" })).rejects.toMatchObject({ code: "child.not_executable" });
});

test("a schema that changes in the middle is announced before the rows that have it", async () => {
  const failed = read({ fault: "widens" });
  await expect(failed).rejects.toMatchObject({ kind: "data", column: "note", hint: /types: \{ orders: \{ note/ });
});

test("a config that the tap rewrites is kept, even by a run that fails, and is the next run's", async () => {
  await expect(read({ fault: "rewrites_its_config" })).rejects.toMatchObject({ code: "child.exited" });
  const kept = join(context.projectDir, ".sluice", "configs");
  const [file] = readdirSync(kept).filter((name) => name.endsWith(".json"));
  expect(statSync(join(kept, file!)).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(join(kept, file!), "utf8"))).toMatchObject({ refresh_token: "second-token" });
  expect((await read({ fault: "rewrites_its_config" })).rows).toHaveLength(5);
  // The user's own change makes another config: nothing is kept for it.
  await expect(read({ fault: "rewrites_its_config", more: 1 })).rejects.toMatchObject({ code: "child.exited" });
});

test("a tap gets its arguments as they are, and of the environment only what it is given", async () => {
  process.env.SLUICE_TEST_SECRET = "sesame99";
  const { rows } = await read({ fault: "shows_its_world" }, {}, { args: [tap, "$(id); a b"], env: { MINE: "1" } });
  delete process.env.SLUICE_TEST_SECRET;
  const seen = JSON.parse(rows.find(({ id }) => id === "99")!.more!) as { args: string[]; env: string[] };
  expect(seen.args.slice(0, 2)).toEqual(["$(id); a b", "--config"]);
  expect(seen.env).toContain("MINE");
  expect(seen.env).not.toContain("SLUICE_TEST_SECRET");
});

test("the tap's state goes back to it whole, with every digit", async () => {
  const first = await read({}, { mode: "incremental", rereads: "merged" });
  const state = first.checkpoints.at(-1)!.state as { readonly tap: Json };
  expect(state.tap).toEqual({ bookmarks: { orders: "2024-02-29T05:00:00Z" }, exact: "kept" });
  const again = await read({}, { mode: "incremental", rereads: "merged", state });
  expect(again.rows.map(({ id }) => id)).toEqual(["5"]);
  const once = await read({}, { mode: "incremental", rereads: "forbidden" });
  const nothing = await read({}, { mode: "incremental", rereads: "forbidden", state: once.checkpoints.at(-1)!.state });
  expect(nothing.rows).toEqual([]);
});

test("a key that the schema does not have is told once, and kept where its type is given", async () => {
  const rows = join(context.projectDir, "rows.jsonl");
  writeFileSync(rows, `{"id":1,"extra":"a"}\n{"id":2,"extra":"b"}\n`);
  expect((await read({})).rows[0]).not.toHaveProperty("extra");
  expect(context.lines.filter(({ level }) => level === "warn").map(({ message }) => message)).toEqual([
    "stream 'orders' has records with 'extra', which is not in its schema: it is left out",
  ]);
  const { rows: kept } = await read({}, {}, { types: { orders: { extra: "string" } } });
  expect(kept.map(({ extra }) => extra)).toEqual(["a", "b"]);
  rmSync(rows);
});
