import { stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { ConfigError, type ConnectorContext, type OpenSource } from "../../sdk/index.js";
import { type Connection, type Database, openDatabase } from "../../sdk/sql/duckdb/database.js";
import { discoverStreams } from "./catalog.js";
import type { DuckdbConfig } from "./config.js";
import { duckdbDigests } from "./digests.js";
import { readStream } from "./read.js";
import { sharedDatabase } from "./shared-database.js";

/**
 * Opens the source. The file is opened for reading only, when something is asked of it and as long as that takes; nobody
 * can write to it meanwhile. Everything runs in the caller's thread.
 */
export async function openDuckdb(config: DuckdbConfig, context: ConnectorContext): Promise<OpenSource> {
  const path = resolve(context.projectDir, config.path);

  async function open(): Promise<Database> {
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) {
      throw new ConfigError("duckdb.no_such_file", `there is no file ${path}`, {
        hint: "check the source's path; relative paths start at the project's folder",
      });
    }
    const { memoryBytes, workDir: tempDir } = context;
    return await openDatabase({ path, readOnly: true, memoryBytes, threads: availableParallelism(), tempDir });
  }

  const database = sharedDatabase(open);

  async function withConnection<Result>(use: (connection: Connection) => Promise<Result>): Promise<Result> {
    const { connection, release } = await database.use();
    try {
      return await use(connection);
    } finally {
      release();
    }
  }

  return {
    check: () => withConnection(async () => undefined),
    discover: async ({ streams } = {}) => ({
      streams: await withConnection((connection) => discoverStreams(connection, config, streams)),
    }),
    async *read(request) {
      const { connection, release } = await database.use();
      try {
        yield* readStream({ connection, config, path, request });
      } finally {
        release();
      }
    },
    digests: duckdbDigests(config, withConnection),
    async close() {},
  };
}
