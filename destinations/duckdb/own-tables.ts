import type { EngineConnection } from "../../sdk/sql/duckdb/engine.js";
import { quoteIdentifier, quoteTable } from "../../sdk/sql/duckdb/identifiers.js";

export const loadIdColumn = "_sluice_load_id";
export const deletedAtColumn = "_sluice_deleted_at";
export const validFromColumn = "_sluice_valid_from";
export const validToColumn = "_sluice_valid_to";

export function stateTable(schema: string): string {
  return quoteTable({ schema, name: "_sluice_state" });
}

export function loadsTable(schema: string): string {
  return quoteTable({ schema, name: "_sluice_loads" });
}

export function quarantineTable(schema: string): string {
  return quoteTable({ schema, name: "_sluice_quarantine" });
}

export function driftTable(schema: string): string {
  return quoteTable({ schema, name: "_sluice_drift" });
}

/** Makes a schema and Sluice's own tables in it, where they are missing. */
export async function createOwnTables(connection: EngineConnection, schema: string): Promise<void> {
  await connection.run(`
    CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(schema)};
    CREATE TABLE IF NOT EXISTS ${stateTable(schema)} (
      connection VARCHAR NOT NULL, stream VARCHAR NOT NULL, epoch BIGINT NOT NULL, seq BIGINT NOT NULL, load_id BIGINT,
      state JSON, schema_hash VARCHAR, committed_at TIMESTAMP WITH TIME ZONE);
    CREATE TABLE IF NOT EXISTS ${loadsTable(schema)} (
      load_id BIGINT NOT NULL, run_id VARCHAR NOT NULL, connection VARCHAR NOT NULL, stream VARCHAR NOT NULL,
      table_name VARCHAR NOT NULL, started_at TIMESTAMP WITH TIME ZONE NOT NULL,
      committed_at TIMESTAMP WITH TIME ZONE NOT NULL, state_before JSON, state_after JSON, read BIGINT NOT NULL,
      written BIGINT NOT NULL, filtered BIGINT NOT NULL, deduplicated BIGINT NOT NULL, quarantined BIGINT NOT NULL,
      bytes BIGINT NOT NULL);
    CREATE TABLE IF NOT EXISTS ${quarantineTable(schema)} (
      quarantine_id VARCHAR NOT NULL, load_id BIGINT NOT NULL, connection VARCHAR NOT NULL, stream VARCHAR NOT NULL,
      rule VARCHAR NOT NULL, reason VARCHAR NOT NULL, "row" JSON NOT NULL, source_position JSON,
      quarantined_at TIMESTAMP WITH TIME ZONE NOT NULL, replayed_load_id BIGINT);
    CREATE TABLE IF NOT EXISTS ${driftTable(schema)} (
      load_id BIGINT, connection VARCHAR NOT NULL, stream VARCHAR NOT NULL, entity VARCHAR NOT NULL,
      column_name VARCHAR, change VARCHAR NOT NULL, decision VARCHAR NOT NULL,
      decided_at TIMESTAMP WITH TIME ZONE NOT NULL)`);
}

/** Whether a table is there, by its quoted name. */
export async function tableExists(connection: EngineConnection, schema: string, name: string): Promise<boolean> {
  const { rows } = await connection.query(
    `SELECT 1 FROM duckdb_tables() WHERE database_name = current_database()
     AND lower(schema_name) = lower($1) AND lower(table_name) = lower($2)`,
    [schema, name],
  );
  return rows.length > 0;
}
