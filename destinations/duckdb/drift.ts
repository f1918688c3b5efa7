import type { Commit, Target } from "../../sdk/destination.js";
import type { DriftRow } from "../../sdk/drift-record.js";
import type { EngineConnection } from "../../sdk/sql/duckdb/engine.js";
import { selectDrift, toDriftRow } from "../../sdk/sql/quarantine-query.js";
import { driftTable, tableExists } from "./own-tables.js";
import { ownTableDialect } from "./quarantine.js";

/** Adds a load's schema decisions, in its transaction; a microsecond apart, which keeps their order. */
export async function saveDrift(
  connection: EngineConnection,
  schema: string,
  { connection: name, stream }: Target,
  { loadId, drift }: Commit,
): Promise<void> {
  for (const [at, { entity, columnName = null, change, decision }] of drift.entries()) {
    await connection.run(
      `INSERT INTO ${driftTable(schema)}
       VALUES ($1, $2, $3, $4, $5, $6, $7, now() + to_microseconds(CAST($8 AS BIGINT)))`,
      [loadId, name, stream, entity, columnName, change, decision, at],
    );
  }
}

/** See `OpenDestination.driftRecords`. */
export async function readDrift(connection: EngineConnection, schema: string, limit: number): Promise<DriftRow[]> {
  if (!(await tableExists(connection, schema, "_sluice_drift"))) return [];
  const { rows } = await connection.query(selectDrift(driftTable(schema), limit, ownTableDialect));
  return rows.map(toDriftRow);
}
