import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import type { ConnectorContext } from "../../sdk/context.js";
import { type Engine, type EngineConnection, openEngine } from "../../sdk/sql/duckdb/engine.js";
import type { DuckdbConfig } from "./config.js";

/** An opened file: DuckDB in its thread, and one connection for everything that is no load. */
export interface Session {
  readonly path: string;
  readonly engine: Engine;
  /** Runs steps as one transaction, one after the other with all others; whatever is thrown rolls it back. */
  transaction<Result>(steps: (connection: EngineConnection) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/**
 * @throws ConfigError or TransientError that names the file and the fix
 */
export async function openSession(config: DuckdbConfig, context: ConnectorContext): Promise<Session> {
  const path = config.path === ":memory:" ? config.path : resolve(context.projectDir, config.path);
  const engine = await openEngine({
    path,
    memoryBytes: context.memoryBytes,
    threads: config.threads ?? availableParallelism(),
    tempDir: context.workDir,
    settings: {
      // The file is checkpointed when it is closed; until then the log may grow.
      checkpoint_threshold: "256MiB",
      ...(config.memory === undefined ? {} : { memory_limit: config.memory.replaceAll(" ", "") }),
    },
  });
  const connection = await engine.connect();
  let last: Promise<unknown> = Promise.resolve();

  async function transact<Result>(steps: (connection: EngineConnection) => Promise<Result>): Promise<Result> {
    await connection.run("BEGIN TRANSACTION");
    try {
      const result = await steps(connection);
      await connection.run("COMMIT");
      return result;
    } catch (error) {
      await connection.run("ROLLBACK").catch(() => undefined);
      throw error;
    }
  }

  return {
    path,
    engine,
    transaction(steps) {
      const result = last.then(() => transact(steps));
      last = result.catch(() => undefined);
      return result;
    },
    close: () => engine.close(),
  };
}
