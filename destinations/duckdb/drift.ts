import type { StateKey } from "../../sdk/destination.js";
import type { DriftRecord, DriftRow } from "../../sdk/drift-record.js";
import type { EngineConnection } from "../../sdk/sql/duckdb/engine.js";
import { selectDrift, toDriftRow } from "../../sdk/sql/quarantine-query.js";
import { driftTable, tableExists } from "./own-tables.js";
import { ownTableDialect } from "./quarantine.js";

/** Adds schema decisions, a microsecond apart, which keeps their order: a load's in its transaction. */
export async function saveDrift(
  connection: EngineConnection,
  { schema, connection: name, stream }: StateKey & { readonly schema: string },
  loadId: number | undefined,
  records: readonly DriftRecord[],
): Promise<void> {
  for (const [at, { entity, columnName = null, change, decision }] of records.entries()) {
    await connection.run(
      `INSERT INTO ${driftTable(schema)}
       VALUES ($1, $2, $3, $4, $5, $6, $7, now() + to_microseconds(CAST($8 AS BIGINT)))`,
      [loadId ?? null, name, stream, entity, columnName, change, decision, at],
    );
  }
}

/** See `OpenDestination.driftRecords`. */
export async function readDrift(connection: EngineConnection, schema: string, limit: number): Promise<DriftRow[]> {
  if (!(await tableExists(connection, schema, "_sluice_drift"))) return [];
  const { rows } = await connection.query(selectDrift(driftTable(schema), limit, ownTableDialect));
  return rows.map(toDriftRow);
}
