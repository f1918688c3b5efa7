import type { SchemaChange } from "../../sdk/destination.js";
import { ConfigError } from "../../sdk/errors.js";
import { type ColumnType, formatType, sameType } from "../../sdk/schema/column-type.js";
import { renamesFirst } from "../../sdk/schema/renames-first.js";
import type { Column } from "../../sdk/schema/stream.js";
import { quoteIdentifier, quoteTable } from "../../sdk/sql/duckdb/identifiers.js";
import { duckType } from "../../sdk/sql/duckdb/types.js";
import { loadIdColumn, validFromColumn, validToColumn } from "./own-tables.js";
import type { TableColumn, TableName } from "./relation.js";
import { widened } from "./widened.js";

/** What a table is to have. */
export interface TableShape {
  readonly columns: readonly Column[];
  readonly changes: readonly SchemaChange[];
  /** `_sluice_load_id` */
  readonly loadId: boolean;
  /** `_sluice_valid_from` and `_sluice_valid_to` */
  readonly validity: boolean;
  /** See `documentCompression`. */
  readonly documents?: string | undefined;
}

/**
 * The statement that makes a table. It has NOT NULL but no primary key: DuckDB's index would have to be held in memory and
 * rewritten with every load, several times as expensive as finding the keys by a scan.
 */
export function createTable(table: TableName, shape: Omit<TableShape, "changes">): string {
  const { columns, loadId, validity } = shape;
  const definitions = [
    ...columns.map((column) => `${definition(column, shape)}${column.nullable ? "" : " NOT NULL"}`),
    ...(loadId ? [`${loadIdColumn} BIGINT NOT NULL`] : []),
    ...(validity
      ? [`${validFromColumn} TIMESTAMP WITH TIME ZONE NOT NULL`, `${validToColumn} TIMESTAMP WITH TIME ZONE`]
      : []),
  ];
  return `CREATE TABLE ${quoteTable(table)} (${definitions.join(", ")})`;
}

function definition({ name, type }: Column, { documents }: Pick<TableShape, "documents">): string {
  const compression = type.kind === "json" && documents !== undefined ? ` USING COMPRESSION ${documents}` : "";
  return `${quoteIdentifier(name)} ${duckType(type)}${compression}`;
}

/**
 * The statements that bring a table that stands to what is to come, keeping every value.
 * @throws ConfigError `target.column_unfit`, `target.column_required` or `target.not_a_history` where the table, made by
 *   somebody else, cannot take the rows
 */
export function planTable(table: TableName, present: readonly TableColumn[], shape: TableShape): string[] {
  const name = quoteTable(table);
  const known = new Map(present.map((column) => [column.name.toLowerCase(), column]));
  const statements: string[] = [];
  const { renames, others } = renamesFirst(shape.changes);
  for (const { from, to } of renames) {
    const column = known.get(from.toLowerCase());
    if (column === undefined) continue;
    statements.push(`ALTER TABLE ${name} RENAME COLUMN ${quoteIdentifier(from)} TO ${quoteIdentifier(to)}`);
    known.delete(from.toLowerCase());
    known.set(to.toLowerCase(), { ...column, name: to });
  }
  for (const change of others) {
    if (change.type === "add_column") continue;
    const column = known.get(change.column.toLowerCase());
    if (column === undefined) continue;
    const quoted = quoteIdentifier(change.column);
    if (change.type === "allow_null" && !column.nullable) {
      statements.push(`ALTER TABLE ${name} ALTER COLUMN ${quoted} DROP NOT NULL`);
    }
    if (change.type === "widen_column" && !sameType(column.type, change.to)) {
      const using = widened(quoted, column.type, change.to);
      statements.push(`ALTER TABLE ${name} ALTER COLUMN ${quoted} SET DATA TYPE ${duckType(change.to)} USING ${using}`);
      known.set(column.name.toLowerCase(), { ...column, type: change.to, text: duckType(change.to) });
    }
  }
  for (const column of shape.columns) {
    const found = known.get(column.name.toLowerCase());
    if (found !== undefined) refuseUnfit(table, found, column);
    else statements.push(`ALTER TABLE ${name} ADD COLUMN ${definition(column, shape)}`);
  }
  if (shape.validity && !(known.has(validFromColumn) && known.has(validToColumn))) {
    throw new ConfigError("target.not_a_history", `table ${name} has no ${validFromColumn} and ${validToColumn}`, {
      hint: "it was loaded with another write mode: name another table with `table:`, or drop it",
    });
  }
  if (shape.loadId && !known.has(loadIdColumn))
    statements.push(`ALTER TABLE ${name} ADD COLUMN ${loadIdColumn} BIGINT`);
  refuseRequired(table, [...known.values()], shape);
  return statements;
}

function refuseUnfit(table: TableName, found: TableColumn, column: Column): void {
  if (holds(found.type, column.type) && !/^TIMESTAMP_M?S$/.test(found.text)) return;
  throw new ConfigError(
    "target.column_unfit",
    `${quoteTable(table)}: column '${found.name}' is ${found.text} and does not hold every ${formatType(column.type)}`,
    { column: found.name, hint: "name another table with `table:`, cast the column, or drop the table" },
  );
}

function refuseRequired(table: TableName, present: readonly TableColumn[], { columns }: TableShape): void {
  const coming = new Set(columns.map(({ name }) => name.toLowerCase()));
  const required = present.find(
    ({ name, nullable, hasDefault }) =>
      !nullable && !hasDefault && !coming.has(name.toLowerCase()) && !name.startsWith("_sluice_"),
  );
  if (required === undefined) return;
  throw new ConfigError(
    "target.column_required",
    `${quoteTable(table)}: column '${required.name}' is NOT NULL and the stream has no such column`,
    { column: required.name, hint: "name another table with `table:`, or make the column nullable" },
  );
}

/** Whether every value of one type stands exactly in a column of the other. */
function holds(column: ColumnType, value: ColumnType): boolean {
  if (sameType(column, value)) return true;
  if (column.kind === "list") return value.kind === "list" && holds(column.item, value.item);
  if (column.kind === "float64") return value.kind === "float32" || value.kind === "int16" || value.kind === "int32";
  const digits = wholeDigits[value.kind];
  if (column.kind === "decimal" && value.kind === "decimal") {
    return column.scale >= value.scale && column.precision - column.scale >= value.precision - value.scale;
  }
  if (column.kind === "decimal") return digits !== undefined && column.precision - column.scale >= digits;
  const room = wholeDigits[column.kind];
  return room !== undefined && digits !== undefined && room >= digits;
}

const wholeDigits: Partial<Record<ColumnType["kind"], number>> = { int16: 5, int32: 10, int64: 19 };
