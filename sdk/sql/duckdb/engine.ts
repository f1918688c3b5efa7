import { type Batch, batchBuffers } from "../../batch/batch.js";
import type { QueryResult } from "../../destination.js";
import type { Column } from "../../schema/stream.js";
import type { DatabaseOptions } from "./database.js";
import { type EngineLink, engineLink } from "./engine-link.js";
import type { ScanCounts } from "./engine-protocol.js";
import { type Load, loadChannel } from "./load.js";
import type { SqlValue } from "./statement.js";

/** A DuckDB database in a thread of its own. */
export interface Engine {
  /** Opens a connection: one transaction at a time each. */
  connect(): Promise<EngineConnection>;
  /** Ends what runs, closes the connections and the database (a file is checkpointed) and ends the thread. */
  close(): Promise<void>;
}

export interface EngineConnection {
  /** Runs statements (several only without parameters); returns the rows the last one changed. */
  run(sql: string, parameters?: readonly SqlValue[]): Promise<number>;
  /** Runs a statement and returns its rows, exact: see `queryRows`. */
  query(sql: string, parameters?: readonly SqlValue[]): Promise<QueryResult>;
  /** Runs `INSERT INTO … SELECT …` and counts what it read and what it wrote, each at its own place. */
  scan(sql: string): Promise<ScanCounts>;
  /** Begins to load batches; one load at a time, and nothing else runs on the connection until its end. */
  load(options: LoadOptions): Load;
  /** Makes the running statement fail with `duckdb.interrupted`. */
  interrupt(): void;
  close(): Promise<void>;
}

export interface LoadOptions {
  /**
   * A statement that reads the table function `batch()`: `INSERT INTO t SELECT *, 42 FROM batch()`. An INSERT is run in
   * several pieces within the connection's transaction (begin one, or each piece commits by itself). Any other statement,
   * such as `COPY (SELECT * FROM batch()) TO …`, runs once and keeps the engine to itself until the load ends.
   */
  readonly sql: string;
  /** The columns of `batch()`: what the batches have. */
  readonly columns: readonly Column[];
  /** Adds the BIGINT column `batch_row` as the last one: 0, 1, 2 … in the order the rows were written. */
  readonly rowNumbers?: boolean;
  /** The number of the first row, where it is not 0. */
  readonly firstRow?: number;
}

/**
 * Opens a DuckDB database in a thread of its own.
 * @throws ConfigError or TransientError that names the file and the fix
 */
export async function openEngine(options: DatabaseOptions): Promise<Engine> {
  const link = engineLink(options);
  await link.opened;
  const room = queueBytes(options.memoryBytes);
  return {
    connect: async () => engineConnection(link, await link.ask({ type: "connect" }), room),
    async close() {
      await link.ask({ type: "close" });
      await link.ended;
    },
  };
}

function engineConnection(link: EngineLink, connection: number, room: number): EngineConnection {
  return {
    run: (sql, parameters = []) => link.ask({ type: "run", connection, sql, parameters }),
    query: (sql, parameters = []) => link.ask({ type: "query", connection, sql, parameters }),
    scan: (sql) => link.ask({ type: "scan", connection, sql }),
    interrupt: () => link.post({ type: "interrupt", connection }),
    close: () => link.ask({ type: "disconnect", connection }),
    load({ sql, columns, rowNumbers = false, firstRow = 0 }) {
      const load = link.nextId();
      link.post({ type: "load", connection, load, sql, columns, rowNumber: rowNumbers ? firstRow : undefined });
      const channel = loadChannel({
        room,
        post({ rows, vectors }: Batch) {
          link.post({ type: "batch", load, batch: { rows, vectors } }, batchBuffers({ rows, vectors, columns }));
        },
        end: () => link.ask({ type: "end_load", load }),
        abort: () => link.ask({ type: "abort_load", load }),
        done: () => link.loads.delete(load),
      });
      link.loads.set(load, channel);
      return channel.load;
    },
  };
}

/** Bytes of batches that may wait for DuckDB. */
function queueBytes(memoryBytes: number): number {
  return Math.min(32 * 1024 * 1024, Math.max(1024 * 1024, memoryBytes / 8));
}
