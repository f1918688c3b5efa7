import type { EngineConnection } from "../../sdk/sql/duckdb/engine.js";
import { quoteIdentifier, quoteTable } from "../../sdk/sql/duckdb/identifiers.js";

/** Makes a schema and a table, and takes them back: what a sync needs. The file is open for writing already. */
export async function checkFile(connection: EngineConnection, schema: string): Promise<void> {
  const probe = quoteTable({ schema, name: "_sluice_check" });
  await connection.run(
    `CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(schema)}; CREATE OR REPLACE TABLE ${probe} (n INTEGER); DROP TABLE ${probe}`,
  );
}
