import { randomUUID } from "node:crypto";
import { rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { LoadRow } from "../../sdk/index.js";
import { quoteLiteral, quoteTable } from "../../sdk/sql/duckdb/identifiers.js";
import type { Duck } from "./duck.js";
import { makeFolder, moveIntoPlace, replaceFile, syncFile } from "./durable.js";
import { literalPath, loadsFile, loadsFolder, type TableFolder, viewFile } from "./layout.js";
import { entriesBackwards } from "./log/commit-log.js";
import type { LogEntry } from "./log/entry.js";
import { schemaStatement } from "./table-view.js";

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

/** Whether the ledger's file is as new as the table's last commit. */
export async function loadsFileIsFresh(root: string, folder: TableFolder, committedAt: string): Promise<boolean> {
  const file = await stat(loadsFile(root, folder)).catch(() => undefined);
  return file !== undefined && file.mtimeMs >= Date.parse(committedAt);
}

/** Writes the ledger of one table as Parquet: the rows that stand there and `rows`, or only `rows`. */
export async function writeLoadsFile(
  root: string,
  folder: TableFolder,
  duck: Duck,
  rows: readonly LoadRow[],
  keep: boolean,
): Promise<void> {
  if (rows.length === 0) return;
  const path = loadsFile(root, folder);
  const aside = join(dirname(path), `${randomUUID()}.tmp`);
  const before = keep && (await stat(path).catch(() => undefined)) !== undefined;
  const fresh = `SELECT * FROM (VALUES ${rows.map(valuesOf).join(", ")}) AS loads (${columnNames})`;
  const kept = `SELECT ${columnNames} FROM read_parquet(${quoteLiteral(literalPath(path))}) WHERE load_id NOT IN (${rows.map(({ loadId }) => loadId).join(", ")})`;
  const select = `SELECT * FROM (${fresh}${before ? ` UNION ALL ${kept}` : ""}) ORDER BY load_id`;
  await makeFolder(dirname(path));
  try {
    await duck.run(`COPY (${select}) TO ${quoteLiteral(aside)} (FORMAT parquet, COMPRESSION zstd)`);
    await syncFile(aside);
    await moveIntoPlace(aside, path);
  } finally {
    await rm(aside, { force: true });
  }
  if (!before) await replaceFile(join(dirname(path), viewFile), loadsView(dirname(path), folder.schema));
}

/** The view over the ledgers of a schema's tables. */
export function loadsView(folder: string, schema: string | undefined): string {
  const view = quoteTable({ schema, name: loadsFolder });
  const files = quoteLiteral(`${literalPath(folder)}/*.parquet`);
  return `${schemaStatement(schema ?? null)}CREATE OR REPLACE VIEW ${view} AS\nSELECT * FROM read_parquet(${files});\n`;
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
