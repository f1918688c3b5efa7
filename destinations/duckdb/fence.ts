import type { Commit, StateKey } from "../../sdk/destination.js";
import { SystemError, TransientError } from "../../sdk/errors.js";
import type { Json } from "../../sdk/json.js";
import type { EngineConnection } from "../../sdk/sql/duckdb/engine.js";
import { createOwnTables, stateTable } from "./own-tables.js";

/** Which writer of a stream this is, and the commit it stands on. */
export interface Fence {
  readonly key: StateKey & { readonly schema: string };
  readonly epoch: number;
  readonly seq: number;
  readonly loadId: number | undefined;
  readonly state: Json | undefined;
}

/** Takes a stream over: every earlier writer of it is fenced once the transaction has committed. */
export async function raiseEpoch(connection: EngineConnection, key: Fence["key"]): Promise<Fence> {
  await createOwnTables(connection, key.schema);
  const table = stateTable(key.schema);
  const names = [key.connection, key.stream];
  const raised = await connection.run(
    `UPDATE ${table} SET epoch = epoch + 1 WHERE connection = $1 AND stream = $2`,
    names,
  );
  if (raised === 0) await connection.run(`INSERT INTO ${table} VALUES ($1, $2, 1, 0, NULL, NULL, NULL, NULL)`, names);
  const { rows } = await connection.query(
    `SELECT epoch, seq, load_id, state FROM ${table} WHERE connection = $1 AND stream = $2`,
    names,
  );
  const [epoch, seq, loadId, state] = rows[0]!;
  return {
    key,
    epoch: Number(epoch),
    seq: Number(seq),
    loadId: loadId === null ? undefined : Number(loadId),
    state: state === null ? undefined : (JSON.parse(String(state)) as Json),
  };
}

/** Whether no other writer has begun since, as far as the connection's snapshot sees. */
export async function holdsFence(connection: EngineConnection, { key, epoch, seq }: Fence): Promise<boolean> {
  const { rows } = await connection.query(
    `SELECT 1 FROM ${stateTable(key.schema)} WHERE connection = $1 AND stream = $2 AND epoch = $3 AND seq = $4`,
    [key.connection, key.stream, epoch, seq],
  );
  return rows.length === 1;
}

export function fenced(key: StateKey): TransientError {
  return new TransientError(
    "destination.fenced",
    `${key.stream}: another run of connection '${key.connection}' has taken over; nothing of this load was written`,
    { stream: key.stream, hint: "let the other run end; only one may load a stream at a time" },
  );
}

/**
 * Moves the state to that of a commit, in the load's transaction; `visible` false leaves the state itself as it is.
 *
 * DuckDB finds conflicts between updates column by column: without `epoch = epoch` it would let a writer commit although
 * another one has raised the epoch meanwhile.
 * @throws TransientError `destination.fenced` unless exactly one row is of this epoch
 */
export async function saveState(
  connection: EngineConnection,
  { key, epoch, seq }: Fence,
  commit: Commit,
  visible: boolean,
): Promise<void> {
  const state = visible ? ", state = $6, schema_hash = $7" : "";
  const changed = await connection.run(
    `UPDATE ${stateTable(key.schema)} SET epoch = epoch, seq = seq + 1, load_id = $5, committed_at = now()${state}
     WHERE connection = $1 AND stream = $2 AND epoch = $3 AND seq = $4`,
    [
      ...[key.connection, key.stream, epoch, seq, commit.loadId],
      ...(visible ? [JSON.stringify(commit.state), commit.schemaHash] : []),
    ],
  );
  if (changed !== 1) throw fenced(key);
}

/** Refuses a load that stands already: writing it again would double its rows. */
export function refuseReplay({ key, loadId: committed }: Fence, loadId: number): void {
  if (committed === undefined || loadId > committed) return;
  throw new SystemError(
    "load.replayed",
    `${key.stream}: load ${loadId} is not newer than load ${committed}, which stands`,
    { stream: key.stream },
  );
}
