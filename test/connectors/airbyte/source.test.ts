import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import airbyte from "../../../connectors/airbyte/index.js";
import type { Json, JsonObject } from "../../../sdk/json.js";
import type { OpenSource, ReadRequest } from "../../../sdk/source.js";
import { readRequest, readStream, type StreamRead, testContext } from "../../../sdk/testing/index.js";

const program = fileURLToPath(new URL("./source.mjs", import.meta.url));
let context: ReturnType<typeof testContext>;
beforeEach(() => {
  context = testContext();
});
afterEach(() => context.remove());

async function withSource<T>(config: JsonObject, use: (source: OpenSource) => Promise<T>): Promise<T> {
  const rows = join(context.projectDir, "rows.jsonl");
  if (!existsSync(rows)) {
    const lines = [1, 2, 3, 4, 5].map((id) => JSON.stringify({ id, note: `n${id}`, at: `2024-02-29T0${id}:00:00` }));
    writeFileSync(rows, lines.join("\n"));
  }
  const settings = { command: process.execPath, args: [program], config: { rows, password: "sesame99", ...config } };
  const source = await airbyte.open(airbyte.config.parse(settings), context);
  return use(source).finally(() => source.close());
}

function read(config: JsonObject, overrides: Partial<ReadRequest> = {}): Promise<StreamRead> {
  return withSource(config, async (source) => {
    const { streams } = await source.discover();
    return readStream(source, readRequest(streams[0]!, overrides));
  });
}

test.each([
  ["dies", "transient", "child.exited", /was ended by SIGKILL/],
  ["exit_code", "transient", "child.exited", /exit code 3/],
  ["fails_by_config", "config", "airbyte.config_error", /no luck \(at \[secret\]\)/],
  ["fails_by_chance", "transient", "airbyte.transient_error", /no luck/],
  ["fails_and_ends_well", "system", "airbyte.system_error", /no luck/],
  ["ends_halfway", "transient", "airbyte.incomplete", /only STARTED/],
  ["is_unfinished", "transient", "airbyte.incomplete", /only INCOMPLETE/],
  ["tears_a_line", "data", "airbyte.bad_message", /broken message/],
  ["gives_another_stream", "config", "airbyte.other_stream", /'parcels'/],
])("a source that %s is a failed read: %s, %s", async (fault, kind, code, message) => {
  const failed = read({ fault }, { mode: "incremental", batch: { rows: 2, bytes: 1000 } });
  await expect(failed).rejects.toMatchObject({ kind, code, message: expect.stringMatching(message) });
  expect(JSON.stringify(context.lines)).not.toContain("sesame99");
  expect(readdirSync(context.workDir)).toEqual([]);
});

test("what libraries print on stdout is logged, and no row is lost", async () => {
  expect((await read({ fault: "prints_words" })).rows).toHaveLength(5);
  expect(context.lines.map(({ message }) => message)).toContain("Downloading page 2 of 7");
});

test("a record of 60 MB is a row like any other", async () => {
  const { rows } = await read({ fault: "says_a_lot" });
  expect(rows.find(({ id }) => id === "77")!.note).toHaveLength(60 * 1024 * 1024);
});

test("check says what the source refuses", async () => {
  await withSource({}, (source) => source.check());
  const missing = airbyte.config.parse({ command: process.execPath, args: [program], config: {} });
  const source = await airbyte.open(missing, context);
  await expect(source.check()).rejects.toMatchObject({ kind: "config", message: /password is missing/ });
  await source.close();
});

test("a config that the source changes is kept at once, though the run fails", async () => {
  await expect(read({ fault: "changes_its_config" })).rejects.toMatchObject({ code: "child.exited" });
  const kept = join(context.projectDir, ".sluice", "configs");
  const [file] = readdirSync(kept).filter((name) => name.endsWith(".json"));
  expect(JSON.parse(readFileSync(join(kept, file!), "utf8"))).toMatchObject({ token: "second-token" });
  expect((await read({ fault: "changes_its_config" })).rows).toHaveLength(5);
});

test("the source's state goes back to it as the list it takes", async () => {
  const { checkpoints } = await read({}, { mode: "incremental", rereads: "forbidden" });
  const state = checkpoints.at(-1)!.state as { readonly airbyte: Json };
  expect(state.airbyte).toEqual([
    {
      type: "STREAM",
      stream: {
        stream_descriptor: { name: "orders", namespace: "shop" },
        stream_state: { at: "2024-02-29T05:00:00" },
      },
    },
  ]);
  expect((await read({}, { mode: "incremental", rereads: "forbidden", state })).rows).toEqual([]);
  expect((await read({}, { mode: "incremental", rereads: "merged", state })).rows).toHaveLength(1);
});
