import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import duckdb from "../../../destinations/duckdb/index.js";
import type { Target } from "../../../sdk/index.js";
import { scalar } from "../../../sdk/schema/column-type.js";
import { runDuckdb } from "../../support/run-duckdb.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-duckdb-storage-"));
afterAll(() => rmSync(folder, { recursive: true }));

const columns = [{ name: "document", type: scalar("json"), nullable: true }];
const target: Target = {
  ...{ connection: "test", stream: "documents", schema: "main", table: "documents", writeMode: "overwrite" },
  ...{ primaryKey: [], fullRefresh: true, metadataColumns: false },
};

async function statementsFor(settings: { path: string; storage_version?: string }): Promise<readonly string[]> {
  const context = { projectDir: folder, workDir: folder, memoryBytes: 2 ** 28, log: () => {} };
  const destination = await duckdb.open(duckdb.config.parse(settings), {
    ...context,
    signal: new AbortController().signal,
  });
  try {
    await destination.putState({ schema: "main", connection: "test", stream: "documents" }, {});
    return (await destination.statements?.(target, { columns, changes: [] })) ?? [];
  } finally {
    await destination.close();
  }
}

const formatOf = async (path: string) =>
  (
    await runDuckdb(
      path,
      "SELECT tags['storage_version'] FROM duckdb_databases() WHERE database_name = current_database()",
    )
  ).rows[0]?.[0];

test("a file that is made can be opened by DuckDB 1.4 and newer, or by what the settings say", async () => {
  const [usual, old] = [join(folder, "usual.duckdb"), join(folder, "old.duckdb")];
  await statementsFor({ path: usual });
  await statementsFor({ path: old, storage_version: "v1.0.0" });
  expect(await formatOf(usual)).toBe("v1.4.0+");
  expect(await formatOf(old)).toBe("v1.0.0+");
});

test("a file that is there keeps its format", async () => {
  const path = join(folder, "there.duckdb");
  await runDuckdb(path, "CREATE TABLE mine (id BIGINT)");
  await statementsFor({ path });
  expect(await formatOf(path)).toBe("v1.0.0+");
});

test("documents are compressed with zstd where the file's format has it", async () => {
  const [usual, old] = [join(folder, "documents.duckdb"), join(folder, "old-documents.duckdb")];
  const [statement = ""] = await statementsFor({ path: usual });
  expect(statement).toBe('CREATE TABLE "main"."documents" ("document" JSON USING COMPRESSION zstd)');
  await runDuckdb(usual, `${statement}; INSERT INTO documents SELECT '{"id": ' || range || '}' FROM range(10000)`);
  const compression = await runDuckdb(
    usual,
    "SELECT DISTINCT compression FROM pragma_storage_info('documents') WHERE segment_type <> 'VALIDITY'",
  );
  expect(compression.rows).toEqual([["ZSTD"]]);
  expect(await statementsFor({ path: old, storage_version: "v1.0.0" })).toEqual([
    'CREATE TABLE "main"."documents" ("document" JSON)',
  ]);
});
