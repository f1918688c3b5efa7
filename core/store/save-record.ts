import type { Knex } from "knex";
import type { HistoryRecord, RunEventRecord, RunRecord, StateChangeRecord } from "./run-record.js";

/** Puts a record into the store, in one step; one that stands there already is left as it is. */
export async function saveRecord(database: Knex, record: HistoryRecord): Promise<void> {
  await database.transaction(async (transaction) => {
    if (record.kind === "run") await insertRun(transaction, record);
    else await insertStateChange(transaction, record);
  });
}

async function insertRun(database: Knex, { report, origin, events }: RunRecord): Promise<void> {
  const { run_id, status, exit_code, started_at, ended_at, connections } = report;
  const row = { run_id, status, exit_code, started_at, ended_at, user_name: origin.user, host: origin.host };
  await put(database, "sluice_runs", [{ ...row, report: JSON.stringify(report) }]);
  const names = [...new Set(connections.map(({ connection }) => connection))];
  await put(
    database,
    "sluice_run_connections",
    names.map((connection) => ({ run_id, connection })),
  );
  await put(
    database,
    "sluice_run_events",
    events.map(({ at, event }, position) => ({ run_id, position, at, event: JSON.stringify(event) })),
  );
  await put(database, "sluice_drift", driftRows(run_id, events));
}

function driftRows(run_id: string, events: readonly RunEventRecord[]): object[] {
  return events.flatMap(({ at, event }, position) => {
    if (event.type !== "drift") return [];
    const { connection, stream, record } = event;
    const { entity, columnName, change, decision } = record;
    return [{ run_id, position, at, connection, stream, entity, column_name: columnName ?? null, change, decision }];
  });
}

async function insertStateChange(database: Knex, record: StateChangeRecord): Promise<void> {
  const { kind: _, origin, before, after, ...rest } = record;
  const row = {
    ...rest,
    ...{ user_name: origin.user, host: origin.host },
    before: before === null ? null : JSON.stringify(before),
    after: after === null ? null : JSON.stringify(after),
  };
  await put(database, "sluice_state_changes", [row]);
}

/** The tables with what tells their rows apart. */
const keys = {
  sluice_runs: ["run_id"],
  sluice_run_connections: ["run_id", "connection"],
  sluice_run_events: ["run_id", "position"],
  sluice_drift: ["run_id", "position"],
  sluice_state_changes: ["id"],
} as const;

const rowsAStatement = 100;

async function put(database: Knex, table: keyof typeof keys, rows: readonly object[]): Promise<void> {
  for (let from = 0; from < rows.length; from += rowsAStatement) {
    const some = rows.slice(from, from + rowsAStatement);
    await database(table)
      .insert(some)
      .onConflict([...keys[table]])
      .ignore();
  }
}
