import type { ConnectorContext } from "../../sdk/index.js";
import { type Engine, type EngineConnection, openEngine } from "../../sdk/sql/duckdb/engine.js";

/** A connection of an embedded DuckDB that nobody else uses until it is closed. */
export type Duck = EngineConnection;

/**
 * DuckDBs in memory that write and read files. Every writer has one to itself, since a COPY keeps its engine until the
 * last row and a slow stream must not hold up the others; one that is done serves the next.
 */
export interface DuckPool {
  /** @param share of the destination's memory; a part is half of it */
  open(share?: "whole" | "part"): Promise<Duck>;
  close(): Promise<void>;
}

/**
 * DuckDB's limit as a part of what the destination may hold: it counts what it reserves, of which less becomes resident. On
 * its way into Parquet a value of 53 MB stands in a vector, a row group, a page and a compressed page: 230 MiB. Its JSON
 * writer reserves ten times a text's length, and one file of JSON lines is written as its rows come, sorting nothing.
 */
const limitPerByte = { usual: 1.6, json_lines_file: 6 } as const;

/** @param writes what the DuckDBs are for */
export function duckPool(
  { memoryBytes, workDir, signal }: ConnectorContext,
  writes: keyof typeof limitPerByte,
): DuckPool {
  const idle = { whole: [] as Engine[], part: [] as Engine[] };
  const all: Engine[] = [];

  async function start(share: "whole" | "part"): Promise<Engine> {
    const engine = await openEngine({
      path: ":memory:",
      memoryBytes: (memoryBytes * limitPerByte[writes]) / (share === "whole" ? 1 : 2),
      threads: 2,
      tempDir: workDir,
    });
    all.push(engine);
    return engine;
  }

  return {
    async open(share = "whole") {
      const engine = idle[share].pop() ?? (await start(share));
      const connection = await engine.connect();
      signal.addEventListener("abort", connection.interrupt);
      return {
        ...connection,
        async close() {
          signal.removeEventListener("abort", connection.interrupt);
          await connection.close();
          idle[share].push(engine);
        },
      };
    },
    async close() {
      await Promise.all(all.splice(0).map((engine) => engine.close()));
    },
  };
}

/** What is opened on first use and once. */
export interface Lazy<Thing> {
  (): Promise<Thing>;
  /** Undefined where it was never used. */
  opened(): Promise<Thing> | undefined;
}

export function lazily<Thing>(open: () => Promise<Thing>): Lazy<Thing> {
  let opened: Promise<Thing> | undefined;
  const get = () => {
    opened ??= open();
    return opened;
  };
  return Object.assign(get, { opened: () => opened });
}
