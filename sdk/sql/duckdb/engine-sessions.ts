import duckdb from "@duckdb/node-bindings";
import type { QueryResult } from "../../destination.js";
import { SystemError } from "../../errors.js";
import { closeConnection } from "./database.js";
import type { ScanCounts } from "./engine-protocol.js";
import { queryRows } from "./query-rows.js";
import { scanCounts } from "./scan-counts.js";
import { execute, type SqlValue } from "./statement.js";
import { statementGate } from "./statement-gate.js";

/** The connections of an engine, by number, in the engine's own thread. */
export interface EngineSessions {
  open(prepare: (connection: duckdb.Connection) => void): Promise<number>;
  get(id: number): duckdb.Connection;
  run(id: number, sql: string, parameters: readonly SqlValue[]): Promise<number>;
  query(id: number, sql: string, parameters: readonly SqlValue[]): Promise<QueryResult>;
  scan(id: number, sql: string): Promise<ScanCounts>;
  /** Has the connection to itself, in the order of the calls. */
  use<T>(id: number, statement: (connection: duckdb.Connection) => Promise<T>): Promise<T>;
  interrupt(id: number): void;
  /** Waits for the connection's statements. */
  close(id: number): Promise<undefined>;
  closeAll(): Promise<void>;
  /** Statements that run, wait, or have an answer to deliver. */
  readonly busy: number;
  /** Statements that wait until others have ended. */
  readonly waiting: number;
}

export interface EngineSurroundings {
  connect(): Promise<duckdb.Connection>;
  readonly tempDir: string;
}

/** Two statements saturate DuckDB's threads, and leave Node's own pool of four two threads for files and names. */
const statementsAtOnce = 2;

export function engineSessions({ connect, tempDir }: EngineSurroundings): EngineSessions {
  const connections = new Map<number, duckdb.Connection>();
  /** No longer known by number, and waiting for their statements. */
  const closing = new Set<duckdb.Connection>();
  const gate = statementGate(statementsAtOnce);
  let lastId = 0;

  function get(id: number): duckdb.Connection {
    const connection = connections.get(id);
    if (connection === undefined) throw new SystemError("duckdb.connection_closed", "the DuckDB connection is closed");
    return connection;
  }

  async function close(id: number): Promise<undefined> {
    const connection = get(id);
    connections.delete(id);
    closing.add(connection);
    await gate.run(connection, async () => {
      closing.delete(connection);
      closeConnection(connection);
    });
  }

  function interruptAll(): void {
    for (const connection of [...connections.values(), ...closing]) duckdb.interrupt(connection);
  }

  return {
    async open(prepare) {
      const connection = await connect();
      prepare(connection);
      connections.set(++lastId, connection);
      return lastId;
    },
    get,
    async run(id, sql, parameters) {
      const connection = get(id);
      return await gate.run(connection, async () => duckdb.rows_changed(await execute(connection, sql, parameters)));
    },
    async query(id, sql, parameters) {
      const connection = get(id);
      return await gate.run(connection, () => queryRows(connection, sql, parameters));
    },
    async scan(id, sql) {
      const connection = get(id);
      return await gate.run(connection, () => scanCounts(connection, sql, tempDir));
    },
    async use(id, statement) {
      const connection = get(id);
      return await gate.run(connection, () => statement(connection));
    },
    interrupt(id) {
      const connection = connections.get(id);
      if (connection !== undefined) duckdb.interrupt(connection);
    },
    close,
    async closeAll() {
      interruptAll();
      // DuckDB forgets an interrupt that comes before the statement has begun.
      const again = setInterval(interruptAll, 20);
      await Promise.all([...connections.keys()].map(close)).finally(() => clearInterval(again));
    },
    get busy() {
      return gate.busy;
    },
    get waiting() {
      return gate.waiting;
    },
  };
}
