import { tmpdir } from "node:os";
import type { Column } from "../../sdk/schema/stream.js";
import { closeConnection, closeDatabase, connect, openDatabase } from "../../sdk/sql/duckdb/database.js";
import { readBatches } from "../../sdk/sql/duckdb/read.js";
import { type CanonicalRow, canonicalRows } from "../../sdk/testing/canonical-rows.js";

/** The rows of a query on a DuckDB file that nobody has open, as canonical text. */
export async function readRows(path: string, sql: string, columns: readonly Column[]): Promise<CanonicalRow[]> {
  const database = await openDatabase({ path, memoryBytes: 2 ** 28, threads: 1, tempDir: tmpdir() });
  const connection = await connect(database);
  const limits = { rows: 1000, bytes: 2 ** 20 };
  const rows: CanonicalRow[] = [];
  try {
    const options = { columns, limits, signal: new AbortController().signal };
    for await (const batch of readBatches(connection, sql, options)) rows.push(...canonicalRows(batch));
  } finally {
    closeConnection(connection);
    closeDatabase(database);
  }
  return rows;
}
