import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import duckdb from "../../../destinations/duckdb/index.js";
import { pack } from "../../../sdk/batch/pack.js";
import type { Commit, Target } from "../../../sdk/index.js";
import { scalar } from "../../../sdk/schema/column-type.js";
import { runDuckdb } from "../../support/run-duckdb.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-duckdb-join-"));
const path = join(folder, "joined.duckdb");
const columns = [
  { name: "id", type: scalar("int64"), nullable: false },
  { name: "version", type: scalar("int32"), nullable: false },
];
const target: Target = {
  ...{ connection: "test", stream: "public.t", schema: "main", table: "t", writeMode: "merge" },
  ...{ primaryKey: ["id"], fullRefresh: false, metadataColumns: true },
};
const inFirst = 100_000;
let loadId = 1_764_000_000_000_000;

/** One run: opens the file, merges rows of so many ids from the first on, and closes it. */
async function merge(first: number, count: number): Promise<void> {
  const context = { projectDir: folder, workDir: folder, memoryBytes: 2 ** 27, log() {} };
  const { signal } = new AbortController();
  const destination = await duckdb.open(duckdb.config.parse({ path, threads: 1 }), { ...context, signal });
  const writer = await destination.begin(target);
  loadId += 1;
  const rows = Array.from({ length: count }, (_, at) => ({ id: first + at, version: loadId % 1000 }));
  await writer.start(columns);
  await writer.startLoad(loadId);
  await writer.write(pack(columns, rows));
  const staged = await writer.flush();
  const ledger = {
    ...{ runId: "run", startedAt: new Date(), stateBefore: undefined, bytes: 0, filtered: 0, quarantined: 0 },
    ...{ read: count, written: staged.written, deduplicated: staged.deduplicated },
  };
  const commit: Commit = {
    ...{ loadId, state: { at: loadId }, schemaHash: "hash", publish: false, ledger, drift: [], replayed: [] },
  };
  await writer.commit(commit);
  await writer.close();
  await destination.close();
}

async function rowGroups(): Promise<number> {
  const { rows } = await runDuckdb(path, "SELECT count(DISTINCT row_group_id) FROM pragma_storage_info('t')");
  return Number(rows[0]?.[0]);
}

async function rowsAndIds(): Promise<unknown> {
  return (await runDuckdb(path, "SELECT count(*)::VARCHAR, count(DISTINCT id)::VARCHAR FROM t")).rows[0];
}

beforeAll(() => merge(1, inFirst));
afterAll(() => rmSync(folder, { recursive: true }));

describe("the row groups of a table in a DuckDB file", () => {
  test("are joined by the eighth load of small merges, and not before", async () => {
    const groups: number[] = [];
    for (let run = 2; run <= 8; run++) {
      await merge(inFirst - 100 * run, 100);
      groups.push(await rowGroups());
    }
    expect(groups.slice(0, -1)).toEqual([2, 3, 4, 5, 6, 7]);
    expect(groups.at(-1)).toBeLessThan(3);
    expect(await rowsAndIds()).toEqual([String(inFirst), String(inFirst)]);
  });

  test("are joined at once after a load that is large beside its table", async () => {
    for (const first of [1, 101]) await merge(first, 100);
    const before = await rowGroups();
    await merge(1, inFirst / 2);
    expect(await rowGroups()).toBeLessThan(before);
    expect(await rowsAndIds()).toEqual([String(inFirst), String(inFirst)]);
  });
});
