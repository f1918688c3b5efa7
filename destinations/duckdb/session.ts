import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import type { ConnectorContext, Log } from "../../sdk/context.js";
import { type Engine, type EngineConnection, openEngine } from "../../sdk/sql/duckdb/engine.js";
import { recoverAside } from "./aside.js";
import type { DuckdbConfig } from "./config.js";
import { joinAll, joiningSetting, joinNothing } from "./join-row-groups.js";
import { hasWideTables } from "./wide-tables.js";

/** An opened file: DuckDB in its thread, and one connection for everything that is no load. */
export interface Session {
  readonly path: string;
  readonly engine: Engine;
  /** What DuckDB may hold. */
  readonly memoryBytes: number;
  /** Bytes of rows that DuckDB may have to hold at once to store them. */
  readonly partBytes: number;
  readonly isFile: boolean;
  /** A scratch folder. */
  readonly workDir: string;
  readonly log: Log;
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal;
  /** Runs steps as one transaction, one after the other with all others; whatever is thrown rolls it back. */
  transaction<Result>(steps: (connection: EngineConnection) => Promise<Result>): Promise<Result>;
  /** Stores what is committed in the file, between two transactions: no other may be open. What comes next begins a row group. */
  checkpoint(): Promise<void>;
  /** Whether the file has tables with wide rows, and is kept from joining row groups. */
  readonly keepsApart: boolean;
  /**
   * Keeps every checkpoint, until the file is closed, from making one row group of several: for wide rows DuckDB would hold all
   * their values at once.
   */
  keepApart(): Promise<void>;
  /** Lets the checkpoints until the file is closed join row groups, where it need not be kept from that. */
  joinRowGroups(): Promise<void>;
  close(): Promise<void>;
}

/** What DuckDB takes for rows that it stores together: their bytes, copied several times on the way into log and file. */
const partsInMemory = 10;
/** A reader has to hold as much at once, whatever its memory. */
const mostPartBytes = 32 * 1024 * 1024;

/**
 * @throws ConfigError or TransientError that names the file and the fix
 */
export async function openSession(config: DuckdbConfig, context: ConnectorContext): Promise<Session> {
  const path = config.path === ":memory:" ? config.path : resolve(context.projectDir, config.path);
  const isNew = !existsSync(path);
  const memoryBytes = config.memory === undefined ? context.memoryBytes : memoryOf(config.memory);
  const engine = await openEngine({
    path,
    memoryBytes,
    threads: config.threads ?? availableParallelism(),
    tempDir: context.workDir,
    storageVersion: config.storage_version,
    // The file is checkpointed when it is closed; until then the log may grow.
    settings: { checkpoint_threshold: "256MiB", [joiningSetting]: "0" },
  });
  const connection = await engine.connect();
  let last: Promise<unknown> = Promise.resolve();
  let keepsApart = false;
  let joins = false;

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

  function inTurn<Result>(step: () => Promise<Result>): Promise<Result> {
    const result = last.then(step);
    last = result.catch(() => undefined);
    return result;
  }

  async function keepApart(): Promise<void> {
    if (joins) await connection.run(joinNothing);
    keepsApart = true;
    joins = false;
  }

  async function joinRowGroups(): Promise<void> {
    if (keepsApart || joins) return;
    await connection.run(joinAll);
    joins = true;
  }

  if (!isNew) {
    try {
      if (await transact(hasWideTables)) await keepApart();
      await transact(recoverAside);
    } catch (error) {
      await engine.close();
      throw error;
    }
  }

  return {
    path,
    engine,
    memoryBytes,
    partBytes: Math.min(mostPartBytes, memoryBytes / partsInMemory),
    isFile: config.path !== ":memory:",
    workDir: context.workDir,
    log: context.log,
    signal: context.signal,
    transaction: (steps) => inTurn(() => transact(steps)),
    checkpoint: () =>
      inTurn(async () => {
        await connection.run("CHECKPOINT");
      }),
    get keepsApart() {
      return keepsApart;
    },
    keepApart: () => inTurn(keepApart),
    joinRowGroups: () => inTurn(joinRowGroups),
    async close() {
      const unused = isNew && (await isEmpty(connection).catch(() => false));
      // While it is locked: once closed it may be another process's, with rows in it.
      if (unused) await rm(path, { force: true });
      await engine.close();
    },
  };
}

/** A file that was only looked into, and made by that, is taken away again. */
async function isEmpty(connection: EngineConnection): Promise<boolean> {
  const { rows } = await connection.query(
    `SELECT 1 FROM duckdb_tables() UNION ALL SELECT 1 FROM duckdb_views() WHERE NOT internal
     UNION ALL SELECT 1 FROM duckdb_schemas() WHERE NOT internal LIMIT 1`,
  );
  return rows.length === 0;
}

const units: Readonly<Record<string, number>> = { K: 1, M: 2, G: 3, T: 4 };

/** The bytes of `2GiB` or `500MB`. */
function memoryOf(text: string): number {
  const [, number, unit, binary] = /^([\d.]+)\s*([KMGT])(i?)B$/i.exec(text) ?? [];
  return Math.round(Number(number) * (binary === "" ? 1000 : 1024) ** (units[unit!.toUpperCase()] ?? 0));
}
