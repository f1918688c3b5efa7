import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import duckdb from "@duckdb/node-bindings";
import { SystemError } from "../../errors.js";
import type { ScanCounts } from "./engine-protocol.js";
import { quoteLiteral } from "./identifiers.js";
import { execute } from "./statement.js";

/**
 * Runs `INSERT INTO … SELECT …` or `COPY (SELECT …) TO …` and counts twice: `written` as the statement says, `read` as the operator that gives the rows
 * (the file reader, or a filter over it) was profiled
 * (https://duckdb.org/docs/stable/dev/profiling). `folder` holds the profile for a moment.
 */
export async function scanCounts(connection: duckdb.Connection, sql: string, folder: string): Promise<ScanCounts> {
  await mkdir(folder, { recursive: true });
  const context = duckdb.connection_get_client_context(connection);
  const file = join(folder, `scan-${duckdb.client_context_get_connection_id(context)}.json`);
  await execute(
    connection,
    `SET enable_profiling = 'json'; SET profiling_output = ${quoteLiteral(file)};
     SET custom_profiling_settings = '{"OPERATOR_CARDINALITY": "true", "OPERATOR_TYPE": "true"}'`,
  );
  try {
    const written = duckdb.rows_changed(await execute(connection, sql));
    return { read: readerRows(JSON.parse(await readFile(file, "utf8"))), written };
  } finally {
    await execute(connection, "PRAGMA disable_profiling").catch(() => undefined);
    await rm(file, { force: true });
  }
}

interface ProfiledOperator {
  readonly operator_type?: string;
  readonly operator_cardinality?: number;
  readonly children: readonly ProfiledOperator[];
}

/** What only passes rows on. */
const passing = /INSERT|COPY_TO_FILE|PROJECTION|STREAMING_WINDOW|RESULT_COLLECTOR/;

function readerRows(operator: ProfiledOperator): number {
  const [child] = operator.children;
  const passes = operator.operator_type === undefined || passing.test(operator.operator_type);
  if (child !== undefined && operator.children.length === 1 && passes) return readerRows(child);
  if (operator.operator_cardinality === undefined) {
    throw new SystemError("duckdb.profile_unknown", "DuckDB's profile of a scan names no reader");
  }
  return operator.operator_cardinality;
}
