import type { Commit, LoadRow, Target } from "../../sdk/destination.js";
import type { Json } from "../../sdk/json.js";
import { quoteLiteral, quoteTable } from "../../sdk/sql/postgres/identifiers.js";
import { driftTable } from "./drift.js";
import { quarantineTable } from "./quarantine.js";
import { findTable } from "./relation.js";
import type { Session } from "./session.js";
import { isoTime, jsonLiteral } from "./state.js";

export function loadsTable(schema: string): string {
  return quoteTable({ schema, name: "_sluice_loads" });
}

/** Adds the row of a load, in the load's own transaction. */
export async function saveLoad(session: Session, schema: string, target: Target, commit: Commit): Promise<void> {
  const { ledger, loadId, state } = commit;
  const values = [
    loadId,
    quoteLiteral(ledger.runId),
    quoteLiteral(target.connection),
    quoteLiteral(target.stream),
    quoteLiteral(target.table),
    quoteLiteral(ledger.startedAt.toISOString()),
    "clock_timestamp()",
    jsonLiteral(ledger.stateBefore),
    jsonLiteral(state),
    ledger.read,
    ledger.written,
    ledger.filtered,
    ledger.deduplicated,
    ledger.quarantined,
    ledger.bytes,
  ];
  await session.run(`insert into ${loadsTable(schema)} (${columns.join(", ")}) values (${values.join(", ")})`);
}

/** Whether a load was committed: the answer to a commit that got none. */
export async function loadStands(session: Session, schema: string, target: Target, loadId: number): Promise<boolean> {
  const rows = await session.rows(
    `select from ${loadsTable(schema)} where load_id = $1 and connection = $2 and stream = $3`,
    [loadId, target.connection, target.stream],
  );
  return rows.length > 0;
}

/** Takes back the ledger, quarantine and drift rows of loads whose table was thrown away before anyone saw it. */
export async function forgetLoads(
  session: Session,
  schema: string,
  target: Target,
  loads: readonly number[],
): Promise<void> {
  for (const table of [loadsTable(schema), quarantineTable(schema), driftTable(schema)]) {
    await session.rows(`delete from ${table} where connection = $1 and stream = $2 and load_id = any($3::bigint[])`, [
      target.connection,
      target.stream,
      `{${loads.join(",")}}`,
    ]);
  }
}

/** See `OpenDestination.loads`. */
export async function readLoads(session: Session, schema: string, limit: number): Promise<LoadRow[]> {
  if ((await findTable(session, { schema, name: "_sluice_loads" })) === undefined) return [];
  const rows = await session.rows<LoadValues>(
    `select load_id, run_id, connection, stream, table_name, ${isoTime("started_at")} as started_at,
            ${isoTime("committed_at")} as committed_at, state_before, state_after,
            read, written, filtered, deduplicated, quarantined, bytes
     from ${loadsTable(schema)} order by load_id desc, connection, stream limit $1`,
    [limit],
  );
  return rows.map((row) => ({
    loadId: Number(row.load_id),
    runId: row.run_id,
    connection: row.connection,
    stream: row.stream,
    tableName: row.table_name,
    startedAt: new Date(row.started_at),
    committedAt: new Date(row.committed_at),
    stateBefore: parse(row.state_before),
    stateAfter: parse(row.state_after),
    read: Number(row.read),
    written: Number(row.written),
    filtered: Number(row.filtered),
    deduplicated: Number(row.deduplicated),
    quarantined: Number(row.quarantined),
    bytes: Number(row.bytes),
  }));
}

const columns = [
  "load_id",
  "run_id",
  "connection",
  "stream",
  "table_name",
  "started_at",
  "committed_at",
  "state_before",
  "state_after",
  "read",
  "written",
  "filtered",
  "deduplicated",
  "quarantined",
  "bytes",
] as const;

type LoadValues = Readonly<Record<Exclude<(typeof columns)[number], "state_before" | "state_after">, string>> & {
  readonly state_before: string | null;
  readonly state_after: string | null;
};

function parse(text: string | null): Json | undefined {
  return text === null ? undefined : (JSON.parse(text) as Json);
}
