import type { ConnectorContext } from "../../sdk/index.js";
import {
  type Connection,
  closeConnection,
  closeDatabase,
  connect,
  type Database,
  openDatabase,
} from "../../sdk/sql/duckdb/database.js";
import { queryRows } from "../../sdk/sql/duckdb/query-rows.js";

/** The embedded DuckDB of one source: in memory, in the source's own thread. */
export interface Engine {
  readonly database: Database;
  /** For statements that are over at once; reads that last have connections of their own. */
  readonly connection: Connection;
}

/** DuckDB's CSV reader has failed at 68 MiB: its two threads hold several buffers of 32 MiB. A limit, seldom reached. */
const leastBytes = 192 * 1024 ** 2;

export async function openEngine({ memoryBytes, workDir }: ConnectorContext): Promise<Engine> {
  const database = await openDatabase({
    path: ":memory:",
    memoryBytes: Math.max(memoryBytes, leastBytes),
    threads: 2,
    tempDir: workDir,
    // Of two rows with one key, the one further down in the file is the newer.
    settings: { preserve_insertion_order: "true" },
  });
  return { database, connection: await connect(database) };
}

export function closeEngine({ database, connection }: Engine): void {
  closeConnection(connection);
  closeDatabase(database);
}

/** The rows of a small result whose columns are all VARCHAR. */
export async function textRows({ connection }: Engine, sql: string): Promise<(string | null)[][]> {
  const { rows } = await queryRows(connection, sql, []);
  return rows as (string | null)[][];
}
