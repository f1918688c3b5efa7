import duckdb from "@duckdb/node-bindings";
import { DataError } from "../../errors.js";
import { queryRows } from "./query-rows.js";
import { execute } from "./statement.js";

/** Tells whether a streamed statement came to its end. */
export interface FailureWatch {
  /**
   * To be called behind the last chunk.
   * @throws the error that ended the statement before its end
   */
  finish(): Promise<void>;
  /** To be called last, whatever happened. */
  cancel(): Promise<void>;
}

/**
 * Watches over a statement that is about to be streamed. DuckDB's interface for Node gives an empty chunk both at the end
 * of a streamed result and when an error cut it off, so that half a table would pass for the whole. But an error aborts
 * the transaction it happens in: after the last chunk the transaction must still be good. What the error said is found by
 * running the statement once more, without its rows.
 */
export async function watchFailure(connection: duckdb.Connection, sql: string): Promise<FailureWatch> {
  const ours = await began(connection);
  return {
    async finish() {
      try {
        await duckdb.query(connection, "SELECT 1");
      } catch (cause) {
        if (ours) await duckdb.query(connection, "ROLLBACK");
        if (ours) await execute(connection, `SELECT bit_xor(hash(COLUMNS(*))) FROM (${sql})`);
        throw new DataError(
          "duckdb.read_failed",
          "a statement ended before its end, with an error that does not recur",
          {
            cause,
          },
        );
      }
      if (ours) await duckdb.query(connection, "COMMIT");
    },
    async cancel() {
      if (ours) await duckdb.query(connection, "ROLLBACK").catch(() => undefined);
    },
  };
}

/** Begins a transaction; false where the connection is in one already: outside, every statement is one of its own. */
async function began(connection: duckdb.Connection): Promise<boolean> {
  const transaction = async () => (await queryRows(connection, "SELECT txid_current()", [])).rows[0]![0];
  const first = await transaction();
  if ((await transaction()) === first) return false;
  await duckdb.query(connection, "BEGIN TRANSACTION");
  return true;
}
