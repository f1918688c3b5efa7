import { TransientError } from "../../sdk/errors.js";
import type { EngineConnection } from "../../sdk/sql/duckdb/engine.js";
import type { Fence } from "./fence.js";
import { stateTable } from "./own-tables.js";
import type { Session } from "./session.js";

/**
 * Commits the load's transaction. Where DuckDB answers with an error, the state says whether the commit stands after all
 * (a checkpoint that follows a commit may fail by itself).
 * @throws the error where it does not stand, TransientError `commit.unknown` where the database is gone
 */
export async function commitLoad(
  session: Session,
  connection: EngineConnection,
  { key }: Fence,
  loadId: number,
): Promise<void> {
  try {
    await connection.run("COMMIT");
  } catch (error) {
    const stands = await session.transaction((control) => loadStands(control, key, loadId)).catch(() => undefined);
    if (stands === true) return;
    if (stands === false) throw error;
    throw new TransientError("commit.unknown", `${key.stream}: DuckDB gave no answer to the commit of load ${loadId}`, {
      stream: key.stream,
      cause: error,
      hint: "repeat the run: it finds out and goes on from what stands",
    });
  }
}

async function loadStands(connection: EngineConnection, key: Fence["key"], loadId: number): Promise<boolean> {
  const { rows } = await connection.query(
    `SELECT 1 FROM ${stateTable(key.schema)} WHERE connection = $1 AND stream = $2 AND load_id = $3`,
    [key.connection, key.stream, loadId],
  );
  return rows.length === 1;
}
