import { alreadyReplayed } from "../../sdk/already-replayed.js";
import type { Commit, StateKey, Target } from "../../sdk/destination.js";
import type { QuarantinedRow, QuarantinePurge, QuarantineQuery, QuarantineRow } from "../../sdk/quarantine.js";
import { quoteTable } from "../../sdk/sql/postgres/identifiers.js";
import {
  type OwnTableDialect,
  purgeCondition,
  selectQuarantined,
  toQuarantineRow,
} from "../../sdk/sql/quarantine-query.js";
import { findTable } from "./relation.js";
import type { Session } from "./session.js";
import { textArray } from "./unique-key.js";

export function quarantineTable(schema: string): string {
  return quoteTable({ schema, name: "_sluice_quarantine" });
}

export const ownTableDialect: OwnTableDialect = {
  texts: (parameter) => `select json_array_elements_text(${parameter}::json)`,
  epochMs: (column) => `extract(epoch from ${column}) * 1000`,
  jsonText: (column) => `${column}::text`,
};

/** Adds rejected rows, in the load's own transaction. */
export async function insertQuarantined(
  session: Session,
  { schema, connection, stream }: StateKey & { readonly schema: string },
  loadId: number,
  rows: readonly QuarantinedRow[],
): Promise<void> {
  const texts = (value: (row: QuarantinedRow) => string | null) => textArray(rows.map(value).map(withoutNul));
  await session.rows(
    `insert into ${quarantineTable(schema)}
       (quarantine_id, load_id, connection, stream, rule, reason, "row", source_position, quarantined_at)
     select id, $1, $2, $3, rule, reason, "row"::json, position::json, clock_timestamp()
     from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[]) rejected(id, rule, reason, "row", position)`,
    [
      ...[loadId, connection, stream],
      ...[texts((row) => row.quarantineId), texts((row) => row.rule), texts((row) => row.reason)],
      ...[
        texts((row) => row.row),
        texts(({ sourcePosition }) => (sourcePosition === undefined ? null : JSON.stringify(sourcePosition))),
      ],
    ],
  );
}

/** A reason may quote a value with a NUL, which Postgres's texts cannot hold. */
function withoutNul(text: string | null): string | null {
  return text?.replaceAll("\0", "\\0") ?? null;
}

/** Drops of a load's rejected rows, in its transaction, those that wait already: see `Writer.dropKnownRejects`. */
export async function dropKnownRejects(
  session: Session,
  { schema, connection, stream }: StateKey & { readonly schema: string },
  load: { readonly id: number; readonly since: number },
): Promise<number> {
  const table = quarantineTable(schema);
  const own = (alias: string) => `${alias}.connection = $1 and ${alias}.stream = $2`;
  const [gone] = await session.rows<{ count: string }>(
    `with gone as (
       delete from ${table} as come where ${own("come")} and come.load_id = $3 and exists (
         select 1 from ${table} as known where ${own("known")} and known.load_id >= $4 and known.load_id < $3
         and known.replayed_load_id is null and known.rule = come.rule and known."row"::text = come."row"::text)
       returning 1)
     select count(*) as count from gone`,
    [connection, stream, load.id, load.since],
  );
  return Number(gone?.count);
}

/**
 * Marks quarantined rows with the load that takes them in, in its transaction.
 * @throws DataError `quarantine.already_replayed`
 */
export async function markReplayed(
  session: Session,
  schema: string,
  target: Target,
  { loadId, replayed }: Commit,
): Promise<void> {
  if (replayed.length === 0) return;
  const [marked] = await session.rows<{ count: string }>(
    `with marked as (
       update ${quarantineTable(schema)} set replayed_load_id = $4
       where connection = $1 and stream = $2 and replayed_load_id is null
         and quarantine_id in (${ownTableDialect.texts("$3")}) returning 1)
     select count(*) as count from marked`,
    [target.connection, target.stream, JSON.stringify(replayed), loadId],
  );
  const missing = replayed.length - Number(marked?.count);
  if (missing > 0) throw alreadyReplayed(target.stream, missing);
}

/** See `OpenDestination.quarantined`. */
export async function readQuarantined(
  session: Session,
  schema: string,
  query: QuarantineQuery,
): Promise<QuarantineRow[]> {
  if ((await findTable(session, { schema, name: "_sluice_quarantine" })) === undefined) return [];
  const { sql, parameters } = selectQuarantined(quarantineTable(schema), query, ownTableDialect);
  return (await session.rows(sql, parameters)).map((row) => toQuarantineRow(Object.values(row)));
}

/** See `OpenDestination.purgeQuarantine`. */
export async function purgeQuarantined(session: Session, schema: string, purge: QuarantinePurge): Promise<number> {
  if ((await findTable(session, { schema, name: "_sluice_quarantine" })) === undefined) return 0;
  const { sql, parameters } = purgeCondition(purge);
  const [gone] = await session.rows<{ count: string }>(
    `with gone as (delete from ${quarantineTable(schema)} where ${sql} returning 1) select count(*) as count from gone`,
    parameters,
  );
  return Number(gone?.count);
}
