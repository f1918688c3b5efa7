import type { EngineConnection } from "../../sdk/sql/duckdb/engine.js";
import type { Fence } from "./fence.js";
import type { TableName } from "./relation.js";

/*
 * Where rows of a table were deleted, a checkpoint of DuckDB joins neighbouring row groups that fit into fewer ones. It reads,
 * compresses and writes all their rows: after a merge of 30,000 changed rows into 3 million that was two thirds of the
 * checkpoint, and every merge leaves a small row group to be joined. So it is done for several merges at once.
 */

/** Of so many loads of a stream, one joins: loads and not runs, of which many bring nothing. */
const loadsBetween = 8;
/** A load joins at once where it wrote more than one row of so many that its table has. */
const rowsBetween = 20;

export interface JoinFacts {
  readonly table: TableName;
  readonly fence: Pick<Fence, "seq">;
  /** Rows of the load. */
  readonly written: number;
}

/** Whether row groups are to be joined after a load. */
export async function isTimeToJoin(
  connection: EngineConnection,
  { table, fence, written }: JoinFacts,
): Promise<boolean> {
  if ((fence.seq + 1) % loadsBetween === 0) return true;
  const { rows } = await connection.query(
    `SELECT estimated_size FROM duckdb_tables() WHERE database_name = current_database()
     AND lower(schema_name) = lower($1) AND lower(table_name) = lower($2)`,
    [table.schema, table.name],
  );
  return written * rowsBetween > Number(rows[0]?.[0] ?? 0);
}

/** What keeps checkpoints from joining row groups, by its DuckDB name. */
export const joiningSetting = "max_vacuum_tasks";

/** Lets checkpoints join row groups: DuckDB's own setting. */
export const joinAll = `SET GLOBAL ${joiningSetting} = 100`;

/** Keeps them from it. */
export const joinNothing = `SET GLOBAL ${joiningSetting} = 0`;
