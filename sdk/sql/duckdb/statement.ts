import duckdb from "@duckdb/node-bindings";
import { duckError } from "./duck-error.js";

/** A parameter of a statement (`$1`, `?`). Whole numbers bind as BIGINT, others as DOUBLE. */
export type SqlValue = null | boolean | number | bigint | string | Uint8Array;

/**
 * Runs statements (several only without parameters) and waits for the last one's result, materialised.
 * @throws what `duckError` makes of DuckDB's refusal
 */
export async function execute(
  connection: duckdb.Connection,
  sql: string,
  parameters: readonly SqlValue[] = [],
): Promise<duckdb.Result> {
  try {
    if (parameters.length === 0) return await duckdb.query(connection, sql);
    return await withPrepared(connection, sql, async (statement) => {
      bindAll(statement, parameters);
      return await duckdb.execute_prepared(statement);
    });
  } catch (error) {
    throw duckError(error);
  }
}

/** Runs one statement whose rows are then fetched chunk by chunk, computed as they are asked for. */
export async function executeStreaming(connection: duckdb.Connection, sql: string): Promise<duckdb.Result> {
  try {
    return await withPrepared(connection, sql, duckdb.execute_prepared_streaming);
  } catch (error) {
    throw duckError(error);
  }
}

/** A prepared statement that is not destroyed keeps the database open until it is collected. */
async function withPrepared<Result>(
  connection: duckdb.Connection,
  sql: string,
  use: (statement: duckdb.PreparedStatement) => Promise<Result>,
): Promise<Result> {
  const statement = await duckdb.prepare(connection, sql);
  try {
    return await use(statement);
  } finally {
    duckdb.destroy_prepare_sync(statement);
  }
}

/** Gives a statement its parameters `$1`, `$2`, … */
export function bindAll(statement: duckdb.PreparedStatement, parameters: readonly SqlValue[]): void {
  for (const [index, value] of parameters.entries()) bind(statement, index + 1, value);
}

function bind(statement: duckdb.PreparedStatement, index: number, value: SqlValue): void {
  if (value === null) duckdb.bind_null(statement, index);
  else if (typeof value === "boolean") duckdb.bind_boolean(statement, index, value);
  else if (typeof value === "bigint") duckdb.bind_int64(statement, index, value);
  else if (typeof value === "string") duckdb.bind_varchar(statement, index, value);
  else if (typeof value !== "number") duckdb.bind_blob(statement, index, value);
  else if (Number.isSafeInteger(value)) duckdb.bind_int64(statement, index, BigInt(value));
  else duckdb.bind_double(statement, index, value);
}
