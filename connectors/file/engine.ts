import { valueText } from "../../sdk/batch/value-text.js";
import type { Column, ConnectorContext } from "../../sdk/index.js";
import { isNull, scalar } from "../../sdk/index.js";
import {
  type Connection,
  closeConnection,
  closeDatabase,
  connect,
  type Database,
  openDatabase,
} from "../../sdk/sql/duckdb/database.js";
import { readBatches } from "../../sdk/sql/duckdb/read.js";

/** The embedded DuckDB of one source: in memory, in the source's own thread. */
export interface Engine {
  readonly database: Database;
  /** For statements that are over at once; reads that last have connections of their own. */
  readonly connection: Connection;
}

export async function openEngine({ memoryBytes, workDir }: ConnectorContext): Promise<Engine> {
  const database = await openDatabase({
    path: ":memory:",
    memoryBytes,
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

const shownRows = { rows: 1024, bytes: 1 << 20 };

/** The rows of a small result whose columns are all VARCHAR. */
export async function textRows(engine: Engine, sql: string, width: number): Promise<(string | null)[][]> {
  const columns: Column[] = Array.from({ length: width }, (_, i) => ({
    name: String(i),
    type: scalar("string"),
    nullable: true,
  }));
  const { signal } = new AbortController();
  const rows: (string | null)[][] = [];
  for await (const batch of readBatches(engine.connection, sql, { columns, limits: shownRows, signal })) {
    for (let row = 0; row < batch.rows; row++) {
      rows.push(batch.vectors.map((vector) => (isNull(vector, row) ? null : valueText(vector, scalar("string"), row))));
    }
  }
  return rows;
}
