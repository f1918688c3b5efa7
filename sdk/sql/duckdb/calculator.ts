import type { QueryResult } from "../../destination.js";
import { closeDatabase, connect, openDatabase } from "./database.js";
import { engineSessions } from "./engine-sessions.js";
import type { SqlValue } from "./statement.js";
import { registerTextFunction } from "./text-function.js";
import { prepareTransform, type Transform, type TransformOptions } from "./transform.js";

/**
 * A DuckDB in memory that computes on batches. It needs no thread of its own, unlike an `Engine`: DuckDB works in threads
 * of Node's pool, what it asks this one for is at hand, and no batch has to travel. Its calls are answered in order.
 */
export interface Calculator {
  /** Runs statements. */
  run(sql: string): Promise<void>;
  /** Runs a statement and returns its rows, exact: see `queryRows`. */
  query(sql: string, parameters?: readonly SqlValue[]): Promise<QueryResult>;
  /** Makes a function from text to text known to it; null gives null. */
  defineText(name: string, convert: (text: string) => string): Promise<void>;
  /** Prepares a statement that is run once a batch and gives a row for each of its rows, in their order. */
  transform(options: TransformOptions): Promise<Transform>;
  /** Ends what runs. */
  close(): Promise<void>;
}

export interface CalculatorOptions {
  /** Bytes it may hold: nothing is spilled to disk. */
  readonly memoryBytes: number;
  /** Settings by their DuckDB name. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Opens one; its rows keep their order, since it has one thread. */
export async function openCalculator(options: CalculatorOptions): Promise<Calculator> {
  const database = await openDatabase({ ...options, path: ":memory:", threads: 1, tempDir: "" });
  const sessions = engineSessions({ connect: () => connect(database), tempDir: "" });
  const id = await sessions.open(() => undefined);
  return {
    async run(sql) {
      await sessions.run(id, sql, []);
    },
    query: (sql, parameters = []) => sessions.query(id, sql, parameters),
    defineText: (name, convert) =>
      sessions.use(id, async (connection) => registerTextFunction(connection, name, convert)),
    transform: (given) => prepareTransform(given, (statement) => sessions.use(id, statement)),
    async close() {
      await sessions.closeAll();
      closeDatabase(database);
    },
  };
}
