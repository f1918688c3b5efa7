import type { Commit, LoadRow, Target } from "../../sdk/destination.js";
import type { EngineConnection } from "../../sdk/sql/duckdb/engine.js";
import { driftTable, loadsTable, quarantineTable, tableExists } from "./own-tables.js";
import { jsonOf } from "./states.js";

/** Adds the row of a load, in the load's own transaction. */
export async function saveLoad(
  connection: EngineConnection,
  schema: string,
  target: Target,
  { loadId, state, ledger }: Commit,
): Promise<void> {
  await connection.run(
    `INSERT INTO ${loadsTable(schema)}
     VALUES ($1, $2, $3, $4, $5, to_timestamp($6::DOUBLE / 1000), now(), $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      ...[loadId, ledger.runId, target.connection, target.stream, target.table, ledger.startedAt.getTime()],
      ...[ledger.stateBefore === undefined ? null : JSON.stringify(ledger.stateBefore), JSON.stringify(state)],
      ...[ledger.read, ledger.written, ledger.filtered, ledger.deduplicated, ledger.quarantined, ledger.bytes],
    ],
  );
}

/** Takes back the ledger, quarantine and drift rows of loads whose table was thrown away before anyone saw it. */
export async function forgetLoads(
  connection: EngineConnection,
  schema: string,
  target: Pick<Target, "connection" | "stream">,
  loads: readonly number[],
): Promise<void> {
  for (const table of [loadsTable(schema), quarantineTable(schema), driftTable(schema)]) {
    await connection.run(
      `DELETE FROM ${table} WHERE connection = $1 AND stream = $2 AND load_id IN (${loads.join(", ")})`,
      [target.connection, target.stream],
    );
  }
}

/** See `OpenDestination.loads`. */
export async function readLoads(connection: EngineConnection, schema: string, limit: number): Promise<LoadRow[]> {
  if (!(await tableExists(connection, schema, "_sluice_loads"))) return [];
  const { rows } = await connection.query(
    `SELECT run_id, connection, stream, table_name, state_before, state_after, load_id, epoch_ms(started_at),
            epoch_ms(committed_at), read, written, filtered, deduplicated, quarantined, bytes
     FROM ${loadsTable(schema)} ORDER BY load_id DESC, connection, stream LIMIT $1`,
    [limit],
  );
  return rows.map(([runId, name, stream, tableName, before, after, ...numbers]) => {
    const [loadId, startedAt, committedAt, ...counts] = numbers.map(Number);
    const [read, written, filtered, deduplicated, quarantined, bytes] = counts;
    return {
      loadId: loadId!,
      runId: String(runId),
      connection: String(name),
      stream: String(stream),
      tableName: String(tableName),
      startedAt: new Date(startedAt!),
      committedAt: new Date(committedAt!),
      stateBefore: jsonOf(before!),
      stateAfter: jsonOf(after!),
      read: read!,
      written: written!,
      filtered: filtered!,
      deduplicated: deduplicated!,
      quarantined: quarantined!,
      bytes: bytes!,
    };
  });
}
