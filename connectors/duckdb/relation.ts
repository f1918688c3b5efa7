import type { Column } from "../../sdk/index.js";
import { logicalType } from "../../sdk/sql/duckdb/types.js";

/** A column, with its DuckDB type. */
export interface DuckColumn extends Column {
  readonly native: { readonly system: "duckdb"; readonly type: string };
}

/** Something that can be read: a table, a view or a configured query. */
export interface Relation {
  readonly name: string;
  /** Undefined for a query. */
  readonly schema: string | undefined;
  readonly isTable: boolean;
  readonly columns: readonly DuckColumn[];
  readonly primaryKey: readonly string[];
  readonly estimatedRows: number | undefined;
}

export function duckColumn(name: string, type: string, nullable: boolean): DuckColumn {
  return { name, type: logicalType(type), nullable, native: { system: "duckdb", type } };
}
