import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import duckdb from "../../../connectors/duckdb/index.js";
import type { OpenSource, ReadRequest } from "../../../sdk/source.js";
import { readRequest, readStream } from "../../../sdk/testing/read-stream.js";
import { runDuckdb } from "../../support/run-duckdb.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-duckdb-wide-"));
let files = 0;

afterAll(() => rmSync(folder, { recursive: true }));

/** A source that may hold 32 MiB: less than the rows of any of these tables. */
async function sourceOf(sql: string): Promise<OpenSource> {
  const path = join(folder, `${++files}.duckdb`);
  await runDuckdb(path, sql);
  const signal = new AbortController().signal;
  const context = { projectDir: folder, workDir: folder, memoryBytes: 2 ** 25, log: () => {}, signal };
  return await duckdb.open(duckdb.config.parse({ path }), context);
}

/** The length of each row's text, by id; a scan in place of batches is an error. */
async function lengthsOf(source: OpenSource, more: Partial<ReadRequest> = {}) {
  const { streams } = await source.discover();
  const { rows } = await readStream(source, readRequest(streams[0]!, { scans: true, ...more }));
  return rows
    .map(({ id, body }): [id: number, length: number] => [Number(id), String(body).length])
    .toSorted(([a], [b]) => a - b);
}

const wide =
  "CREATE TABLE t AS SELECT range::INTEGER AS id, repeat(md5(range::VARCHAR), 20_000 + range::INTEGER) AS body FROM range(120)";

test("a table of wide rows is read a few rows at a time, each once, where reading it at once does not fit", async () => {
  expect(await lengthsOf(await sourceOf(wide))).toEqual(
    Array.from({ length: 120 }, (_, id) => [id, 32 * (20_000 + id)]),
  );
});

test("rows deleted from such a table do not come, and a filter is kept", async () => {
  const source = await sourceOf(`${wide}; DELETE FROM t WHERE id % 3 = 0 OR id > 100`);
  const lengths = await lengthsOf(source, { filter: [{ column: "id", operator: ">=", values: ["50"] }] });
  const left = Array.from({ length: 51 }, (_, i) => 50 + i).filter((id) => id % 3 !== 0);
  expect(lengths.map(([id]) => id)).toEqual(left);
});

test("rows that become wider on the way are taken a few at a time too", async () => {
  const source = await sourceOf(
    "CREATE TABLE t AS SELECT range::INTEGER AS id, repeat(md5(range::VARCHAR), CASE WHEN range < 400 THEN 20 ELSE 20_000 END) AS body FROM range(480)",
  );
  const lengths = await lengthsOf(source);
  expect(lengths.map(([, length]) => length)).toEqual(
    Array.from({ length: 480 }, (_, id) => (id < 400 ? 640 : 640_000)),
  );
});
