import type { CatalogColumn } from "./table-columns.js";
import { typeOid } from "./types.js";

/**
 * The encoding of rows that go from one Postgres to another as they are (`EncodedRows`): CopyData messages, each one row
 * of COPY's binary format, with fields of these types. `character varying(44)`, `character(25)`, `name` and `text` have the
 * same bytes; an array names its elements' type in every value.
 *
 * @param types as format_type writes them, in the order of the fields
 */
export function rowEncoding(types: readonly string[]): string {
  const names = types.map((type) => type.replaceAll(/\([^)]*\)/g, ""));
  return `postgres-copy:${names.map((name) => (textTypes.has(name) ? "text" : name)).join(",")}`;
}

const textTypes = new Set(["character varying", "character", "name"]);

/** Columns as they are read where nobody decodes them: a numeric of any size stays a numeric. */
export function passedColumns(columns: readonly CatalogColumn[]): readonly CatalogColumn[] {
  return columns.map((column) => (column.oid === typeOid.numeric ? { ...column, transfer: "binary" } : column));
}

/** The encoding in which COPY sends columns, by the way each is read. */
export function sentEncoding(columns: readonly Pick<CatalogColumn, "transfer" | "native">[]): string {
  return rowEncoding(columns.map(({ transfer, native }) => (transfer === "binary" ? native.type : sentAs[transfer])));
}

const sentAs = { text: "text", text_array: "text[]" } as const;
