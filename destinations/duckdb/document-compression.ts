import type { Column } from "../../sdk/schema/stream.js";
import type { EngineConnection } from "../../sdk/sql/duckdb/engine.js";

/**
 * How JSON documents are to be compressed: zstd takes half the time and half the space of what DuckDB chooses for them.
 * Undefined where there are none, and in files whose format is older than zstd, which would not compress them at all.
 */
export async function documentCompression(
  connection: EngineConnection,
  columns: readonly Column[],
): Promise<"zstd" | undefined> {
  if (columns.every(({ type }) => type.kind !== "json")) return undefined;
  const { rows } = await connection.query(
    "SELECT tags['storage_version'] FROM duckdb_databases() WHERE database_name = current_database()",
  );
  const [, major, minor] = /^v(\d+)\.(\d+)\./.exec(String(rows[0]?.[0])) ?? [];
  return Number(major) > 1 || (Number(major) === 1 && Number(minor) >= 2) ? "zstd" : undefined;
}
