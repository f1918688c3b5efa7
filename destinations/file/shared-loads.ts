import { type Batch, SystemError } from "../../sdk/index.js";
import type { Load } from "../../sdk/sql/duckdb/load.js";
import type { Duck } from "./duck.js";

/** Fills several temporary tables over one connection, which has one load at a time. */
export interface SharedLoads {
  write(table: string, batch: Batch): Promise<void>;
  /** Waits until everything written stands: other statements may follow. */
  end(): Promise<void>;
  abort(): Promise<void>;
}

export function sharedLoads(duck: Duck): SharedLoads {
  let open: { readonly table: string; readonly load: Load } | undefined;

  async function end(): Promise<void> {
    const ending = open;
    open = undefined;
    await ending?.load.end();
  }

  return {
    async write(table, batch) {
      if (open?.table !== table) {
        await end();
        const sql = `INSERT INTO ${table} SELECT * FROM batch()`;
        open = { table, load: duck.load({ sql, columns: batch.columns }) };
      }
      await open.load.write(batch);
    },
    end,
    async abort() {
      const aborted = open;
      open = undefined;
      await aborted?.load.abort(new SystemError("writer.aborted", "the load was aborted"));
    },
  };
}
