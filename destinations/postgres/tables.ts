import type { Column } from "../../sdk/schema/stream.js";
import { quoteIdentifier, quoteTable } from "../../sdk/sql/postgres/identifiers.js";
import { type ColumnPlan, wantedType } from "./column-plan.js";
import type { TableName } from "./relation.js";

/** Columns that Sluice adds to a target. */
export const loadIdColumn = "_sluice_load_id";
export const deletedAtColumn = "_sluice_deleted_at";
export const validFromColumn = "_sluice_valid_from";
export const validToColumn = "_sluice_valid_to";

const ownColumns = new Set([loadIdColumn, deletedAtColumn, validFromColumn, validToColumn]);

/** Whether a column is one that Sluice adds and that no row brings. */
export function isOwnColumn(column: Pick<Column, "name">): boolean {
  return ownColumns.has(column.name);
}

export interface TableShape {
  readonly plans: readonly ColumnPlan[];
  /** Columns that no row brings: they follow. */
  readonly kept?: readonly Column[];
  /** These are NOT NULL whatever the source says. */
  readonly keys: readonly string[];
  readonly loadId: boolean;
  readonly validity: boolean;
}

/** `CREATE TABLE`, without a primary key: an index is built faster over rows that are there. */
export function createTable(table: TableName, { plans, kept = [], keys, loadId, validity }: TableShape): string {
  const columns = plans.map(({ column, type }) => columnDefinition(column, type, keys.includes(column.name)));
  for (const column of kept) columns.push(`${quoteIdentifier(column.name)} ${wantedType(column)}`);
  if (validity) columns.push(`${quoteIdentifier(validFromColumn)} timestamp with time zone not null`);
  if (validity) columns.push(`${quoteIdentifier(validToColumn)} timestamp with time zone`);
  if (loadId) columns.push(`${quoteIdentifier(loadIdColumn)} bigint not null`);
  return `create table ${quoteTable(table)} (${columns.join(", ")})`;
}

export function columnDefinition(column: Column, type: string, required: boolean): string {
  return `${quoteIdentifier(column.name)} ${type}${required || !column.nullable ? " not null" : ""}`;
}

/** A comma-separated list of quoted names. */
export function nameList(names: readonly string[]): string {
  return names.map(quoteIdentifier).join(", ");
}
