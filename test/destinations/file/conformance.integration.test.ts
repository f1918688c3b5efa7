import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, test } from "vitest";
import file from "../../../destinations/file/index.js";
import type { Batch } from "../../../sdk/batch/batch.js";
import type { JsonObject } from "../../../sdk/json.js";
import { closeConnection, closeDatabase, connect, openDatabase } from "../../../sdk/sql/duckdb/database.js";
import { quoteIdentifier, quoteTable } from "../../../sdk/sql/duckdb/identifiers.js";
import { readBatches } from "../../../sdk/sql/duckdb/read.js";
import { execute } from "../../../sdk/sql/duckdb/statement.js";
import { type CanonicalRow, canonicalRows } from "../../../sdk/testing/canonical-rows.js";
import type { TableToRead } from "../../../sdk/testing/destination-bed.js";
import { destinationConformance } from "../../../sdk/testing/destination-conformance.js";
import { filesUnder } from "./support.js";

for (const format of ["parquet"] as const) {
  destinationConformance(
    { describe, test, afterAll },
    {
      name: `file (${format})`,
      destination: file,
      async prepare() {
        const path = mkdtempSync(join(tmpdir(), "sluice-conformance-"));
        return { config: { path, format }, remove: () => rm(path, { recursive: true }) };
      },
      shared: true,
      schema: "conformance",
      readsWhileOpen: true,
      mayRefuse: [],
      foldsNegativeZero: false,
      readTable,
      list: ({ path }) => filesUnder(String(path)),
    },
  );
}

/** Reads a table as a user of DuckDB would: through the views beside the data. */
async function readTable({ path }: JsonObject, { schema, table, columns }: TableToRead) {
  const views = join(String(path), "_sluice_views.sql");
  const name = quoteTable({ schema, name: table });
  if (!existsSync(views) || !readFileSync(views, "utf8").includes(`VIEW ${name} AS`)) return undefined;
  const database = await openDatabase({ path: ":memory:", memoryBytes: 2e8, threads: 1, tempDir: tmpdir() });
  const connection = await connect(database);
  try {
    await execute(connection, readFileSync(views, "utf8"));
    const rows: CanonicalRow[] = [];
    const sql = `SELECT ${columns.map((column) => quoteIdentifier(column.name)).join(", ")} FROM ${name}`;
    const options = { columns, limits: { rows: 8192, bytes: 1e7 }, signal: new AbortController().signal };
    for await (const batch of readBatches(connection, sql, options)) rows.push(...canonicalRows(batch as Batch));
    return rows;
  } finally {
    closeConnection(connection);
    closeDatabase(database);
  }
}
