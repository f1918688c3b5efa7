import { createHash } from "node:crypto";
import { type ColumnType, formatType, parseType } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";

/** A column of a stream as a destination has it: the name it comes with and its identity, the target's name and type. */
export interface KnownColumn {
  /** Its name at the source, or the one that the option `rename` gives it. */
  readonly source: string;
  /** Its name at the source, where that is another. */
  readonly from?: string;
  /** Its name at the destination; chosen once, kept for good. */
  readonly target: string;
  /** The type it has at the destination. */
  readonly type: ColumnType;
  readonly nullable: boolean;
  readonly id?: string;
  readonly native?: NonNullable<Column["native"]>;
  /** Of a column from nested data: see `Column.path`. */
  readonly path?: readonly string[];
  /** The source has it no more: the table keeps it, and new rows have null there. */
  readonly gone?: true;
}

/** A known column as the state keeps it. */
export type SavedColumn = Omit<KnownColumn, "type"> & { readonly type: string };

export function saveColumn(column: KnownColumn): SavedColumn {
  return { ...column, type: formatType(column.type) };
}

export function loadColumn(column: SavedColumn): KnownColumn {
  return { ...column, type: parseType(column.type) };
}

/** The column that the destination is told about. */
export function targetColumn({
  source: _,
  from: __,
  target: name,
  gone: ___,
  path: ____,
  ...facts
}: KnownColumn): Column {
  return { name, ...facts };
}

/** A short digest of the target's columns: changes exactly when a name, type or nullability does. */
export function schemaHash(columns: readonly KnownColumn[]): string {
  const facts = columns.map(({ target, type, nullable }) => [target, formatType(type), nullable]);
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 16);
}
