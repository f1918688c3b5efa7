import type { Target, TargetChange } from "../../sdk/destination.js";
import { SluiceError } from "../../sdk/errors.js";
import { changedColumns } from "../../sdk/schema/changed-columns.js";
import type { Column } from "../../sdk/schema/stream.js";
import type { EngineConnection } from "../../sdk/sql/duckdb/engine.js";
import { quoteTable } from "../../sdk/sql/duckdb/identifiers.js";
import { findTable, type TableName } from "./relation.js";
import { createTable } from "./table-plan.js";

/**
 * See `OpenDestination.dependents`. Views go by names in DuckDB, which keeps no list of what they stand on: they are tried,
 * in a transaction that the caller rolls back. Found are those that work now and no longer over an empty table of the
 * columns to be, whatever stands in between.
 *
 * Not found are views of other databases, and anything where foreign keys keep the table from being replaced.
 */
export async function dependentViews(
  connection: EngineConnection,
  table: TableName,
  target: Target,
  { columns, changes }: TargetChange,
): Promise<string[]> {
  const present = await findTable(connection, table);
  if (present === undefined) return [];
  const views = await working(connection, await viewNames(connection));
  if (views.length === 0) return [];
  const next = target.writeMode === "overwrite" ? columns : union(changedColumns(present, changes), columns);
  const isOwn = (name: string) => next.some((column) => column.name.toLowerCase() === name);
  const shape = {
    columns: next,
    loadId: target.metadataColumns && !isOwn("_sluice_load_id"),
    validity: target.writeMode === "scd2" && !isOwn("_sluice_valid_from"),
  };
  try {
    await connection.run(`DROP TABLE ${quoteTable(table)}; ${createTable(table, shape)}`);
  } catch (error) {
    if (error instanceof SluiceError) return [];
    throw error;
  }
  const left = new Set(await working(connection, views));
  return views.filter((view) => !left.has(view));
}

async function viewNames(connection: EngineConnection): Promise<string[]> {
  const { rows } = await connection.query(
    `SELECT schema_name, view_name FROM duckdb_views()
     WHERE NOT internal AND NOT temporary AND database_name = current_database() ORDER BY ALL`,
  );
  return rows.map(([schema, name]) => quoteTable({ schema: String(schema), name: String(name) }));
}

async function working(connection: EngineConnection, views: readonly string[]): Promise<string[]> {
  const bound: string[] = [];
  for (const view of views) {
    const works = await connection.query(`DESCRIBE ${view}`).then(
      () => true,
      () => false,
    );
    if (works) bound.push(view);
  }
  return bound;
}

function union(columns: readonly Column[], others: readonly Column[]): Column[] {
  const names = new Set(columns.map(({ name }) => name.toLowerCase()));
  return [...columns, ...others.filter(({ name }) => !names.has(name.toLowerCase()))];
}
