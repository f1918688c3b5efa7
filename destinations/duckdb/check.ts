import type { Engine } from "../../sdk/sql/duckdb/engine.js";
import { quoteIdentifier, quoteTable } from "../../sdk/sql/duckdb/identifiers.js";

/** Makes a schema and a table, which a sync needs, and takes them back. The file is open for writing already. */
export async function checkFile(engine: Engine, schema: string): Promise<void> {
  const connection = await engine.connect();
  try {
    await connection.run(
      `BEGIN TRANSACTION; CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(schema)};
       CREATE TABLE ${quoteTable({ schema, name: "_sluice_check" })} (n INTEGER); ROLLBACK`,
    );
  } finally {
    await connection.close();
  }
}
