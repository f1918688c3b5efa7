import { type Batch, batchBytes } from "../../sdk/batch/batch.js";
import type { Session } from "./session.js";

/** Looks how wide the rows of a load are. */
export interface WideRows {
  /** To be awaited before the batch is written. */
  see(batch: Batch): Promise<void>;
}

/** DuckDB stores a column by so many rows at a time, and holds all their values in memory for that. */
const storedTogether = 2048;
/** What it takes beside the values while it writes them. */
const overhead = 3;

/**
 * Where 2,048 rows in a row have more bytes than DuckDB may hold, its limit is raised, with a warning, until the file is
 * closed: it could neither store them nor write its log into the file otherwise, whatever it spills to disk.
 */
export function wideRows(session: Session): WideRows {
  let rows = 0;
  let bytes = 0;
  let limit = session.memoryBytes;

  return {
    async see(batch) {
      if (rows >= storedTogether) rows = bytes = 0;
      rows += batch.rows;
      bytes += batchBytes(batch);
      const needed = bytes * overhead;
      if (needed <= limit * 0.9) return;
      limit = needed * 1.25;
      const size = `${Math.ceil(limit / 1024)}KiB`;
      await session.transaction((connection) => connection.run(`SET GLOBAL memory_limit = '${size}'`));
      session.log("warn", "rows are so wide that DuckDB needs more than its share of memory to store them", {
        rows,
        bytes,
        memory_limit: Math.ceil(limit),
      });
    },
  };
}
