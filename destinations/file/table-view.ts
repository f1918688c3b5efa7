import { dirname, join } from "node:path";
import { type Column, type ColumnType, sameType } from "../../sdk/index.js";
import { quoteIdentifier, quoteTable } from "../../sdk/sql/duckdb/identifiers.js";
import { duckType } from "../../sdk/sql/duckdb/types.js";
import { duckValueText } from "../../sdk/sql/duckdb/value-text.js";
import type { FoundTable } from "./catalog.js";
import { fileFormat } from "./format.js";
import { folderName } from "./layout.js";
import { columnOf, type DataFile, type FileSchema } from "./log/entry.js";
import { childSnapshot, type Snapshot } from "./log/snapshot.js";

/**
 * A SELECT over committed files, with the table's columns as they are today: one that was renamed has its new name, one that
 * came later is NULL in older files, and one that was widened is cast. `fileColumn` names one more column, with the path a row is from (Parquet only).
 */
export function selectFiles(
  folder: string,
  snapshot: Snapshot,
  files: readonly DataFile[],
  columns: readonly Column[],
  fileColumn?: string,
): string {
  const groups = new Map<string, DataFile[]>();
  for (const file of files) {
    if (file.rows > 0) groups.set(file.schema, [...(groups.get(file.schema) ?? []), file]);
  }
  const selects = [...groups].map(([schema, members]) => {
    const written = snapshot.schemas[schema]!;
    const present = written.columns.map(columnOf);
    const today = present.map((column) => ({ ...column, name: nameOfToday(column.name, written, snapshot) }));
    const format = fileFormat({ format: written.format, compression: undefined, nullText: written.null_text });
    const rows = format.read(
      members.map(({ path }) => join(folder, path)),
      present,
      fileColumn,
    );
    const names = [...today.map(({ name }) => name), ...(fileColumn === undefined ? [] : [fileColumn])];
    const list = names.map(quoteIdentifier).join(", ");
    return `SELECT ${selectList(columns, today, fileColumn)} FROM (${rows}) AS file(${list})`;
  });
  if (selects.length > 0) return selects.join("\nUNION ALL ");
  const nothing = fileColumn === undefined ? "" : `, CAST(NULL AS VARCHAR) AS ${quoteIdentifier(fileColumn)}`;
  return `SELECT ${selectList(columns, [], undefined)}${nothing} WHERE false`;
}

/** What a column of a file is called since the renames that came after the file. */
function nameOfToday(name: string, { renames = 0 }: FileSchema, snapshot: Snapshot): string {
  return snapshot.renames.slice(renames).reduce((known, { from, to }) => (known === from ? to : known), name);
}

function selectList(columns: readonly Column[], present: readonly Column[], fileColumn: string | undefined): string {
  const own = columns.map((column) => adapted(column, present));
  return [...own, ...(fileColumn === undefined ? [] : [quoteIdentifier(fileColumn)])].join(", ");
}

function adapted(column: Column, present: readonly Column[]): string {
  const name = quoteIdentifier(column.name);
  const source = present.find((candidate) => candidate.name === column.name);
  if (source !== undefined && sameType(source.type, column.type)) return name;
  const value = source === undefined ? "NULL" : widened(source.type, column.type, name);
  return `CAST(${value} AS ${duckType(column.type)}) AS ${name}`;
}

/** What `CAST` turns into the value of a wider type. */
function widened(from: ColumnType, to: ColumnType, value: string): string {
  return to.kind === "string" || to.kind === "json" ? duckValueText(value, from) : value;
}

/** The columns of a table's rows: its own, and the ones that Sluice adds and any file has. */
export function visibleColumns(snapshot: Snapshot): Column[] {
  const own = (snapshot.columns ?? []).map(columnOf);
  const used = new Set(snapshot.files.map(({ schema }) => schema));
  const written = Object.entries(snapshot.schemas).flatMap(([name, { columns }]) => (used.has(name) ? columns : []));
  const added = new Map(written.filter(({ name }) => name.startsWith("_sluice_")).map((one) => [one.name, one]));
  return [...own, ...[...added.values()].map(columnOf)];
}

/** The statements that make a table's committed files a view of the table's name. */
export function tableView({ folder, snapshot }: FoundTable): string {
  if (snapshot.columns === undefined || snapshot.columns.length === 0) return "";
  const name = quoteTable({ schema: snapshot.schema ?? undefined, name: snapshot.table });
  const select = selectFiles(folder, snapshot, snapshot.files, visibleColumns(snapshot));
  return `${schemaStatement(snapshot.schema)}CREATE OR REPLACE VIEW ${name} AS\n${select};\n`;
}

/** The child tables that a table's log names: folders beside its own. */
export function childTables({ folder, snapshot }: FoundTable): FoundTable[] {
  return Object.keys(snapshot.children).map((table) => ({
    folder: join(dirname(folder), folderName(table)),
    snapshot: childSnapshot(snapshot, table),
  }));
}

/** What must come before a view in a schema. */
export function schemaStatement(schema: string | null): string {
  return schema === null ? "" : `CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(schema)};\n`;
}
