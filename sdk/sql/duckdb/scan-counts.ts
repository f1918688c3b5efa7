import duckdb from "@duckdb/node-bindings";
import type { ScanCounts } from "./engine-protocol.js";
import { execute } from "./statement.js";

export async function scanCounts(connection: duckdb.Connection, sql: string): Promise<ScanCounts> {
  const written = duckdb.rows_changed(await execute(connection, sql));
  return { read: written, written };
}
