import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import file from "../../destinations/file/index.js";
import type { Column } from "../../sdk/schema/stream.js";
import { openEngine } from "../../sdk/sql/duckdb/engine.js";
import { type CanonicalRow, testContext } from "../../sdk/testing/index.js";
import { canonicalize } from "../support/canonical-text.js";
import { createDatabase } from "../support/database.js";
import { selectText } from "../support/duckdb-text.js";
import { readPostgresTable } from "../support/read-postgres-table.js";

export interface WantedTable {
  readonly name: string;
  readonly columns: readonly Column[];
}

/** An empty place to copy into. */
export interface Goal {
  /** As on the command line. */
  readonly location: string;
  /** Runs a query there, in the destination's SQL, with values as text. */
  query(sql: string): Promise<readonly (readonly unknown[])[]>;
  /** Those of the tables that are there, as canonical text, by name. */
  readAll(tables: readonly WantedTable[]): Promise<ReadonlyMap<string, readonly CanonicalRow[]>>;
}

export type GoalKind = "duckdb" | "postgres" | "parquet";

/** Makes a goal of a kind. */
export async function makeGoal(kind: GoalKind, server: string, name: string): Promise<Goal> {
  if (kind === "postgres") {
    const url = await createDatabase(server, name);
    const { queryPostgres } = await import("../support/query.js");
    return {
      location: url,
      query: (sql) => queryPostgres(url, sql),
      async readAll(tables) {
        const found = new Map<string, readonly CanonicalRow[]>();
        for (const { name, columns } of tables) {
          const rows = await readPostgresTable(url, { schema: "public", table: name, columns });
          if (rows !== undefined) found.set(name, rows);
        }
        return found;
      },
    };
  }
  const folder = await mkdtemp(join(tmpdir(), "sluice-values-"));
  if (kind === "duckdb") {
    const path = join(folder, "values.duckdb");
    return duckGoal(path, () => openFile(path));
  }
  return duckGoal(folder, () => openFolder(folder));
}

/** A DuckDB that is open: opening one costs far more than a query. */
interface Opened {
  query: Goal["query"];
  close(): Promise<void>;
}

function duckGoal(location: string, open: () => Promise<Opened>): Goal {
  async function opened<T>(use: (query: Goal["query"]) => Promise<T>): Promise<T> {
    const { query, close } = await open();
    return use(query).finally(close);
  }
  return {
    location,
    query: (sql) => opened((query) => query(sql)),
    readAll: (wanted) =>
      opened(async (query) => {
        const names = new Set((await query("SELECT table_name FROM information_schema.tables")).map(([name]) => name));
        const found = new Map<string, readonly CanonicalRow[]>();
        for (const { name, columns } of wanted) {
          if (!names.has(name)) continue;
          const rows = await query(selectText({ schema: undefined, name }, columns));
          const named = rows.map((row) =>
            Object.fromEntries(columns.map((column, i) => [column.name, row[i] as string | null])),
          );
          found.set(name, canonicalize(columns, named));
        }
        return found;
      }),
  };
}

async function openFile(path: string): Promise<Opened> {
  const engine = await openEngine({ path, memoryBytes: 2 ** 28, threads: 1, tempDir: tmpdir() });
  const connection = await engine.connect();
  return { query: async (sql) => (await connection.query(sql)).rows, close: engine.close };
}

async function openFolder(path: string): Promise<Opened> {
  const context = testContext();
  const opened = await file.open(file.config.parse({ path }), context);
  return {
    query: async (sql) => (await opened.query(sql)).rows,
    async close() {
      await opened.close();
      context.remove();
    },
  };
}
