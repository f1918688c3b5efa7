import type { LoadRow } from "../../sdk/index.js";
import { quoteLiteral } from "../../sdk/sql/duckdb/identifiers.js";
import { loadsFolder } from "./layout.js";
import { entriesBackwards } from "./log/commit-log.js";
import type { LogEntry } from "./log/entry.js";
import type { Report } from "./report-file.js";

/** The load that an entry of the log is about; undefined where it is about none. */
export function loadRow(entry: LogEntry): LoadRow | undefined {
  const { ledger, load_id } = entry;
  if (ledger === undefined || load_id === undefined) return undefined;
  return {
    loadId: load_id,
    runId: ledger.run_id,
    connection: entry.connection,
    stream: entry.stream,
    tableName: entry.table,
    startedAt: new Date(ledger.started_at),
    committedAt: new Date(entry.at),
    stateBefore: ledger.state_before,
    stateAfter: entry.state,
    read: ledger.read,
    written: ledger.written,
    filtered: ledger.filtered,
    deduplicated: ledger.deduplicated,
    quarantined: ledger.quarantined,
    bytes: ledger.bytes,
  };
}

/** The newest loads of one table. */
export async function newestLoads(logFolder: string, limit: number): Promise<LoadRow[]> {
  const rows: LoadRow[] = [];
  for await (const entry of entriesBackwards(logFolder)) {
    if (rows.length >= limit) break;
    const row = loadRow(entry);
    if (row !== undefined) rows.push(row);
  }
  return rows;
}

/** The ledger of one table for people. */
export function loadsReport(rows: readonly LoadRow[]): Report {
  const loadIds = rows.map(({ loadId }) => loadId);
  return { name: loadsFolder, columns: columnNames, values: rows.map(valuesOf), loadIds };
}

const columnNames =
  "load_id, run_id, connection, stream, table_name, started_at, committed_at, state_before, state_after, read, written, filtered, deduplicated, quarantined, bytes";

function valuesOf(row: LoadRow): string {
  const text = (value: string) => `CAST(${quoteLiteral(value)} AS VARCHAR)`;
  const instant = (value: Date) => `TIMESTAMPTZ ${quoteLiteral(value.toISOString())}`;
  const state = (value: unknown) =>
    value === undefined ? "CAST(NULL AS JSON)" : `CAST(${quoteLiteral(JSON.stringify(value))} AS JSON)`;
  const counts = [row.read, row.written, row.filtered, row.deduplicated, row.quarantined, row.bytes];
  const facts = [
    `${row.loadId}::BIGINT`,
    ...[row.runId, row.connection, row.stream, row.tableName].map(text),
    ...[row.startedAt, row.committedAt].map(instant),
    ...[row.stateBefore, row.stateAfter].map(state),
    ...counts.map((count) => `${count}::BIGINT`),
  ];
  return `(${facts.join(", ")})`;
}
