import type { Batch } from "../../sdk/batch/batch.js";
import { SystemError } from "../../sdk/errors.js";
import type { Scan } from "../../sdk/messages.js";
import { formatType } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";
import { duckError } from "../../sdk/sql/duckdb/duck-error.js";
import type { EngineConnection } from "../../sdk/sql/duckdb/engine.js";
import { quoteIdentifier } from "../../sdk/sql/duckdb/identifiers.js";
import type { Load } from "../../sdk/sql/duckdb/load.js";
import { scanError } from "../../sdk/sql/duckdb/scan-errors.js";
import { rowNumberColumn } from "../../sdk/sql/key-rows.js";
import { loadIdColumn } from "./own-tables.js";
import type { Intake } from "./strategy.js";

export interface FillingOptions {
  readonly connection: EngineConnection;
  readonly intake: Intake;
  readonly loadId: number;
  /** Ends a scan that is under way. */
  readonly signal: AbortSignal;
}

/** The rows of one load on their way into its intake, batches and scans in any order. */
export interface Filling {
  write(batch: Batch): Promise<void>;
  /** The rows as the scan's reader counted them. */
  scan(scan: Scan): Promise<{ read: number }>;
  /** Lets other statements have the connection until the next rows come. */
  pause(): Promise<void>;
  /** What reverses the scans' setup, once the transaction is over: DuckDB detaches nothing that it may still read. */
  readonly undo: Iterable<string>;
  /** What the intake's table has taken, while the filling is paused. */
  readonly rows: number;
  /** Waits for everything written; the rows as the intake's table took them. */
  end(): Promise<number>;
  abort(): Promise<void>;
}

export function fillIntake({ connection, intake, loadId, signal }: FillingOptions): Filling {
  let load: { readonly shape: string; readonly into: Load } | undefined;
  const undo = new Set<string>();
  let rows = 0;

  async function loadFor(columns: readonly Column[]): Promise<Load> {
    const shape = JSON.stringify(columns.map(({ name, type }) => [name, formatType(type)]));
    if (load?.shape === shape) return load.into;
    await endLoad();
    const sql = insert(columns, "*", "batch()");
    const into = connection.load({ sql, columns, rowNumbers: intake.rowNumbers, firstRow: rows });
    load = { shape, into };
    return into;
  }

  async function endLoad(): Promise<void> {
    const ending = load;
    load = undefined;
    if (ending !== undefined) rows += (await ending.into.end()).rows;
  }

  function insert(columns: readonly Column[], select: string, from: string): string {
    const names = columns.map(({ name }) => quoteIdentifier(name));
    if (intake.rowNumbers) names.push(rowNumberColumn);
    if (intake.loadId) names.push(loadIdColumn);
    return `INSERT INTO ${intake.table} (${names.join(", ")}) SELECT ${select}${intake.loadId ? `, ${loadId}` : ""} FROM ${from}`;
  }

  return {
    undo,
    get rows() {
      return rows;
    },
    async write(batch) {
      const into = await loadFor(batch.columns);
      await into.write(batch);
    },
    async scan(scan) {
      await endLoad();
      for (const statement of scan.setup ?? []) await connection.run(statement);
      for (const statement of scan.undo ?? []) undo.add(statement);
      const select = intake.rowNumbers ? `*, row_number() OVER () - 1 + ${rows}` : "*";
      const interrupt = () => connection.interrupt();
      signal.throwIfAborted();
      signal.addEventListener("abort", interrupt, { once: true });
      try {
        const { read, written } = await connection.scan(insert(scan.columns, select, `(${scan.sql}\n)`));
        if (read < written)
          throw new SystemError("scan.miscounted", `${scan.origin}: read ${read} and wrote ${written} rows`);
        rows += written;
        return { read };
      } catch (error) {
        signal.throwIfAborted();
        throw duckError(scanError(error, scan), { path: scan.origin });
      } finally {
        signal.removeEventListener("abort", interrupt);
      }
    },
    pause: endLoad,
    async end() {
      await endLoad();
      return rows;
    },
    async abort() {
      await load?.into.abort(new SystemError("load.aborted", "the load was aborted"));
    },
  };
}
