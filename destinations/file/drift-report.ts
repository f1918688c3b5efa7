import type { DriftRow } from "../../sdk/index.js";
import { quoteLiteral } from "../../sdk/sql/duckdb/identifiers.js";
import { driftFolder } from "./layout.js";
import { entriesBackwards } from "./log/commit-log.js";
import type { LogEntry } from "./log/entry.js";
import type { Report } from "./report-file.js";

/** The schema decisions that an entry of the log is about. */
export function driftRows({ drift = [], load_id, connection, stream, at }: LogEntry): DriftRow[] {
  return drift.map(({ entity, column_name, change, decision }) => ({
    ...{ loadId: load_id, connection, stream, entity, change, decision },
    columnName: column_name,
    decidedAt: new Date(at),
  }));
}

/** The newest schema decisions of one table, those of one load in their order. */
export async function newestDrift(logFolder: string, limit: number): Promise<DriftRow[]> {
  const rows: DriftRow[] = [];
  for await (const entry of entriesBackwards(logFolder)) {
    if (rows.length >= limit) break;
    rows.push(...driftRows(entry));
  }
  return rows.slice(0, limit);
}

/** The schema decisions of one table for people. */
export function driftReport(rows: readonly DriftRow[]): Report {
  const loadIds = rows.map(({ loadId = -1 }) => loadId);
  return { name: driftFolder, columns: columnNames, values: rows.map(valuesOf), loadIds };
}

const columnNames = "load_id, connection, stream, entity, column_name, change, decision, decided_at";

function valuesOf({ loadId, connection, stream, entity, columnName, change, decision, decidedAt }: DriftRow): string {
  const text = (value: string | undefined) => `CAST(${value === undefined ? "NULL" : quoteLiteral(value)} AS VARCHAR)`;
  const facts = [connection, stream, entity, columnName, change, decision].map(text);
  return `(CAST(${loadId ?? "NULL"} AS BIGINT), ${facts.join(", ")}, TIMESTAMPTZ ${quoteLiteral(decidedAt.toISOString())})`;
}
