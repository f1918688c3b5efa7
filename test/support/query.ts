import { DuckDBInstance } from "@duckdb/node-api";
import pg from "pg";

/** Runs a query (or several statements) on a Postgres server; every value as the server's text, null as null. */
export async function queryPostgres(url: string, sql: string): Promise<(string | null)[][]> {
  const client = new pg.Client({ connectionString: url, types: { getTypeParser: () => (text: string) => text } });
  await client.connect();
  try {
    const result = await client.query({ text: sql, rowMode: "array" });
    return (Array.isArray(result) ? result.at(-1) : result).rows;
  } finally {
    await client.end();
  }
}

/** Runs a query on a DuckDB file that nobody has open; every value as DuckDB's text, null as null. */
export async function queryDuckdb(path: string, sql: string): Promise<(string | null)[][]> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  try {
    const result = await connection.runAndReadAll(`select columns(*)::varchar from (${sql})`);
    return result.getRows() as (string | null)[][];
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
