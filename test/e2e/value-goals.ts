import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import file from "../../destinations/file/index.js";
import type { Column } from "../../sdk/schema/stream.js";
import { type CanonicalRow, testContext } from "../../sdk/testing/index.js";
import { canonicalize } from "../support/canonical-text.js";
import { createDatabase } from "../support/database.js";
import { selectText } from "../support/duckdb-text.js";
import { readPostgresTable } from "../support/read-postgres-table.js";
import { runDuckdb } from "../support/run-duckdb.js";

/** An empty place to copy into. */
export interface Goal {
  /** As on the command line. */
  readonly location: string;
  /** Runs a query there, in the destination's SQL, with values as text. */
  query(sql: string): Promise<readonly (readonly unknown[])[]>;
  /** A table as canonical text; undefined where there is none. */
  read(table: string, columns: readonly Column[]): Promise<readonly CanonicalRow[] | undefined>;
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
      read: (table, columns) => readPostgresTable(url, { schema: "public", table, columns }),
    };
  }
  const folder = await mkdtemp(join(tmpdir(), "sluice-values-"));
  if (kind === "duckdb") {
    const path = join(folder, "values.duckdb");
    return duckGoal(path, async (sql) => (await runDuckdb(path, sql)).rows);
  }
  return duckGoal(folder, (sql) => queryFiles(folder, sql));
}

function duckGoal(location: string, query: Goal["query"]): Goal {
  return {
    location,
    query,
    async read(table, columns) {
      const tables = await query("SELECT table_name FROM information_schema.tables");
      if (!tables.some(([name]) => name === table)) return undefined;
      const rows = await query(selectText({ schema: undefined, name: table }, columns));
      const named = rows.map((row) =>
        Object.fromEntries(columns.map(({ name }, i) => [name, row[i] as string | null])),
      );
      return canonicalize(columns, named);
    },
  };
}

async function queryFiles(path: string, sql: string): Promise<readonly (readonly unknown[])[]> {
  const context = testContext();
  const opened = await file.open(file.config.parse({ path }), context);
  try {
    return (await opened.query(sql)).rows;
  } finally {
    await opened.close();
    context.remove();
  }
}
