import { alreadyReplayed } from "../../sdk/already-replayed.js";
import type { Batch } from "../../sdk/batch/batch.js";
import type { Commit, StateKey, Target } from "../../sdk/destination.js";
import type { QuarantinePurge, QuarantineQuery, QuarantineRow } from "../../sdk/quarantine.js";
import type { EngineConnection } from "../../sdk/sql/duckdb/engine.js";
import { quoteLiteral } from "../../sdk/sql/duckdb/identifiers.js";
import {
  type OwnTableDialect,
  purgeCondition,
  selectQuarantined,
  toQuarantineRow,
} from "../../sdk/sql/quarantine-query.js";
import { quarantineTable, tableExists } from "./own-tables.js";

export const ownTableDialect: OwnTableDialect = {
  texts: (parameter) => `SELECT unnest(from_json(CAST(${parameter} AS JSON), '["VARCHAR"]'))`,
  epochMs: (column) => `epoch_ms(${column})`,
  jsonText: (column) => `CAST(${column} AS VARCHAR)`,
};

/**
 * Adds a load's rejected rows (see `rejectedRows`), in its own transaction, into the quarantine as it is named now (`into`,
 * quoted).
 */
export async function insertQuarantined(
  connection: EngineConnection,
  { connection: name, stream, loadId, into }: StateKey & { readonly loadId: number; readonly into: string },
  batch: Batch,
): Promise<void> {
  const facts = `${loadId}, ${quoteLiteral(name)}, ${quoteLiteral(stream)}`;
  const sql = `INSERT INTO ${into}
    SELECT quarantine_id, ${facts}, rule, reason, "row", source_position, now(), NULL FROM batch()`;
  const load = connection.load({ sql, columns: batch.columns });
  await load.write(batch);
  await load.end();
}

/**
 * Drops of a load's rejected rows, in its transaction, those that wait already: see `Writer.dropKnownRejects`. They are
 * compared by their hashes, since DuckDB would hold all the rows themselves.
 */
export async function dropKnownRejects(
  connection: EngineConnection,
  { schema, connection: name, stream }: StateKey & { readonly schema: string },
  load: { readonly id: number; readonly since: number },
): Promise<number> {
  const table = quarantineTable(schema);
  const own = (alias: string) => `${alias}.connection = $1 AND ${alias}.stream = $2`;
  return await connection.run(
    `DELETE FROM ${table} AS come WHERE ${own("come")} AND come.load_id = $3 AND EXISTS (
       SELECT 1 FROM ${table} AS known WHERE ${own("known")} AND known.load_id >= $4 AND known.load_id < $3
       AND known.replayed_load_id IS NULL AND known.rule = come.rule
       AND sha256(CAST(known."row" AS VARCHAR)) = sha256(CAST(come."row" AS VARCHAR)))`,
    [name, stream, load.id, load.since],
  );
}

/**
 * Marks quarantined rows with the load that takes them in, in its transaction.
 * @throws DataError `quarantine.already_replayed`
 */
export async function markReplayed(
  connection: EngineConnection,
  schema: string,
  target: Target,
  { loadId, replayed: ids }: Commit,
): Promise<void> {
  if (ids.length === 0) return;
  const marked = await connection.run(
    `UPDATE ${quarantineTable(schema)} SET replayed_load_id = $4
     WHERE connection = $1 AND stream = $2 AND replayed_load_id IS NULL AND quarantine_id IN (${ownTableDialect.texts("$3")})`,
    [target.connection, target.stream, JSON.stringify(ids), loadId],
  );
  if (marked !== ids.length) throw alreadyReplayed(target.stream, ids.length - marked);
}

/** See `OpenDestination.quarantined`. */
export async function readQuarantined(
  connection: EngineConnection,
  schema: string,
  query: QuarantineQuery,
): Promise<QuarantineRow[]> {
  if (!(await tableExists(connection, schema, "_sluice_quarantine"))) return [];
  const { sql, parameters } = selectQuarantined(quarantineTable(schema), query, ownTableDialect);
  const { rows } = await connection.query(sql, parameters);
  return rows.map(toQuarantineRow);
}

/** See `OpenDestination.purgeQuarantine`. */
export async function purgeQuarantined(
  connection: EngineConnection,
  schema: string,
  purge: QuarantinePurge,
): Promise<number> {
  if (!(await tableExists(connection, schema, "_sluice_quarantine"))) return 0;
  const { sql, parameters } = purgeCondition(purge);
  return await connection.run(`DELETE FROM ${quarantineTable(schema)} WHERE ${sql}`, parameters);
}
