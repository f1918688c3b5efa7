import type { StateRow } from "../../sdk/destination.js";
import type { Json } from "../../sdk/json.js";
import type { EngineConnection } from "../../sdk/sql/duckdb/engine.js";
import type { Fence } from "./fence.js";
import { createOwnTables, stateTable, tableExists } from "./own-tables.js";

/** See `OpenDestination.states`. */
export async function readStates(connection: EngineConnection, schema: string): Promise<StateRow[]> {
  if (!(await tableExists(connection, schema, "_sluice_state"))) return [];
  const { rows } = await connection.query(
    `SELECT connection, stream, epoch, seq, load_id, state, schema_hash, epoch_ms(committed_at)
     FROM ${stateTable(schema)} ORDER BY connection, stream`,
  );
  return rows.map(([name, stream, epoch, seq, loadId, state, schemaHash, committedAt]) => ({
    connection: String(name),
    stream: String(stream),
    epoch: Number(epoch),
    seq: Number(seq),
    loadId: loadId === null ? undefined : Number(loadId),
    state: jsonOf(state!),
    schemaHash: schemaHash === null ? undefined : String(schemaHash),
    committedAt: committedAt === null ? undefined : new Date(Number(committedAt)),
  }));
}

/** See `OpenDestination.putState`. */
export async function writeState(
  connection: EngineConnection,
  key: Fence["key"],
  state: Json | undefined,
): Promise<void> {
  await createOwnTables(connection, key.schema);
  const table = stateTable(key.schema);
  const values = [key.connection, key.stream, state === undefined ? null : JSON.stringify(state)];
  const changed = await connection.run(
    `UPDATE ${table} SET epoch = epoch + 1, state = $3, schema_hash = NULL, committed_at = now()
     WHERE connection = $1 AND stream = $2`,
    values,
  );
  if (changed === 0) await connection.run(`INSERT INTO ${table} VALUES ($1, $2, 1, 0, NULL, $3, NULL, now())`, values);
}

/** A JSON column's text as a value; undefined for null. */
export function jsonOf(text: Json): Json | undefined {
  return text === null ? undefined : (JSON.parse(String(text)) as Json);
}
