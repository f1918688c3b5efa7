import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import duckdb from "../../../connectors/duckdb/index.js";
import type { Json } from "../../../sdk/json.js";
import type { Message } from "../../../sdk/messages.js";
import type { OpenSource, ReadRequest } from "../../../sdk/source.js";
import { readRequest, readStream } from "../../../sdk/testing/read-stream.js";
import { runDuckdb } from "../../support/run-duckdb.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-duckdb-cursor-"));
let files = 0;

afterAll(() => rmSync(folder, { recursive: true }));

async function sourceOf(sql: string): Promise<{ path: string; source: OpenSource }> {
  const path = join(folder, `${++files}.duckdb`);
  await runDuckdb(path, sql);
  const signal = new AbortController().signal;
  const context = { projectDir: folder, workDir: folder, memoryBytes: 2 ** 28, log: () => {}, signal };
  return { path, source: await duckdb.open(duckdb.config.parse({ path }), context) };
}

/** One read from a state: the ids it gave, in order, and the state after it. */
async function readOn(source: OpenSource, state: Json | undefined, more: Partial<ReadRequest> = {}) {
  const { streams } = await source.discover();
  const request = readRequest(streams[0]!, { mode: "incremental", cursorField: "mark", ...more });
  const { rows, checkpoints } = await readStream(source, state === undefined ? request : { ...request, state });
  return { ids: rows.map(({ id }) => Number(id)).sort((a, b) => a - b), state: checkpoints.at(-1)?.state };
}

test("rows that come later at the saved cursor value are given once, though others there were given before", async () => {
  const { path, source } = await sourceOf("CREATE TABLE t AS SELECT range AS id, range // 10 AS mark FROM range(25)");
  const first = await readOn(source, undefined);
  expect(first.ids).toHaveLength(25);
  await runDuckdb(path, "INSERT INTO t VALUES (100, 2), (101, 2)");
  const second = await readOn(source, first.state);
  expect(second.ids).toEqual([100, 101]);
  await runDuckdb(path, "INSERT INTO t VALUES (102, 2), (103, 3)");
  const third = await readOn(source, second.state);
  expect(third.ids).toEqual([102, 103]);
  expect((await readOn(source, third.state)).ids).toEqual([]);
});

test("of rows that are the same in everything, each is given once", async () => {
  const { path, source } = await sourceOf("CREATE TABLE t AS SELECT 1 AS id, 5 AS mark FROM range(3)");
  const first = await readOn(source, undefined);
  expect(first.ids).toEqual([1, 1, 1]);
  await runDuckdb(path, "INSERT INTO t VALUES (1, 5), (1, 5)");
  const second = await readOn(source, first.state);
  expect(second.ids).toEqual([1, 1]);
  expect((await readOn(source, second.state)).ids).toEqual([]);
});

test("rows without a cursor are not left out, and not given twice", async () => {
  const { path, source } = await sourceOf("CREATE TABLE t AS FROM (VALUES (1, NULL::INTEGER), (2, 7)) AS v(id, mark)");
  const first = await readOn(source, undefined);
  expect(first.ids).toEqual([1, 2]);
  await runDuckdb(path, "INSERT INTO t VALUES (3, NULL), (4, 8)");
  const second = await readOn(source, first.state);
  expect(second.ids).toEqual([3, 4]);
  expect((await readOn(source, second.state)).ids).toEqual([]);
});

test("where rows may come again, those at the bound, within the lookback and without a cursor do", async () => {
  const { source } = await sourceOf(
    "CREATE TABLE t AS FROM (VALUES (1, NULL), (2, 7), (3, 9), (4, 10)) AS v(id, mark)",
  );
  const first = await readOn(source, undefined, { rereads: "merged" });
  expect((await readOn(source, first.state, { rereads: "merged" })).ids).toEqual([1, 4]);
  expect((await readOn(source, first.state, { rereads: "merged", lookback: 1 })).ids).toEqual([1, 3, 4]);
});

test("times before our era and infinite ones are cursors like any other", async () => {
  const { path, source } = await sourceOf(
    "CREATE TABLE t AS FROM (VALUES (1, '-infinity'::TIMESTAMP), (2, '0044-03-15 (BC) 12:00:00.5'::TIMESTAMP)) AS v(id, mark)",
  );
  const first = await readOn(source, undefined);
  await runDuckdb(
    path,
    "INSERT INTO t VALUES (3, '0044-03-15 (BC) 12:00:00.6'), (4, 'infinity'), (5, '0045-01-01 (BC)')",
  );
  const second = await readOn(source, first.state);
  expect(second.ids).toEqual([3, 4]);
  expect((await readOn(source, second.state)).ids).toEqual([]);
});

test("an engine with DuckDB gets the statement instead of the rows", async () => {
  const { path, source } = await sourceOf("CREATE TABLE t AS SELECT range AS id, 1::TINYINT AS mark FROM range(9)");
  const { streams } = await source.discover();
  const messages: Message[] = [];
  const request = readRequest(streams[0]!, { scans: true, filter: [{ column: "id", operator: ">", values: ["3"] }] });
  for await (const message of source.read(request)) messages.push(message);
  expect(messages.map(({ type }) => type)).toEqual(["scan", "checkpoint"]);
  const [message] = messages;
  const scan = message?.type === "scan" ? message.scan : undefined;
  expect(scan).toMatchObject({ origin: path, columns: [{ name: "id" }, { name: "mark" }] });
  const other = join(folder, "other.duckdb");
  const statements = [...(scan?.setup ?? []), `CREATE TABLE got AS ${scan?.sql}`, ...(scan?.undo ?? [])];
  await runDuckdb(other, statements.join("; "));
  const { rows } = await runDuckdb(other, "SELECT count(*), typeof(any_value(mark)) FROM got");
  expect(rows).toEqual([[5, "SMALLINT"]]);
});

test("a file that is not there is named", async () => {
  const { source, path } = await sourceOf("SELECT 1");
  rmSync(path);
  await expect(source.check()).rejects.toMatchObject({ kind: "config", code: "duckdb.no_such_file" });
});
