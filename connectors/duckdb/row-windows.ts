import { batchBytes } from "../../sdk/batch/batch.js";
import type { Batch } from "../../sdk/index.js";
import type { Connection } from "../../sdk/sql/duckdb/database.js";
import { queryRows } from "../../sdk/sql/duckdb/query-rows.js";
import type { Selection } from "./select.js";

/** What a range is to hold: all of it is in memory at once. */
const windowBytes = 4 * 1024 * 1024;

export interface WindowedRead {
  readonly connection: Connection;
  /** From a table, as it stands. */
  readonly selection: Selection;
  /** The bytes of a row, for the first range. */
  readonly rowBytes: number;
  /** Reads the rows of one range. */
  readonly read: (window: Selection) => AsyncIterable<Batch>;
}

/**
 * Reads a selection from a table a few rows at a time, by ranges of `rowid`, of which DuckDB fetches no value outside. A
 * range after wider rows than the average has fewer.
 */
export async function* readByWindows({
  connection,
  selection,
  rowBytes,
  read,
}: WindowedRead): AsyncGenerator<Batch, void, undefined> {
  const { rows } = await queryRows(connection, `SELECT CAST(max(rowid) AS BIGINT) FROM ${selection.from}`, []);
  const last = Number(rows[0]?.[0] ?? -1);
  let width = rowBytes;
  for (let from = 0; from <= last; ) {
    const to = Math.min(last, from + Math.max(1, Math.floor(windowBytes / width)) - 1);
    const conditions = [...selection.conditions, `rowid BETWEEN ${from} AND ${to}`];
    let found = 0;
    let bytes = 0;
    for await (const batch of read({ ...selection, conditions })) {
      found += batch.rows;
      bytes += batchBytes(batch);
      yield batch;
    }
    if (found > 0) width = Math.max(rowBytes, bytes / found);
    from = to + 1;
  }
}
