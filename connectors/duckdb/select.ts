import { ConfigError, type Predicate, type ReadRequest, streamId } from "../../sdk/index.js";
import { quoteIdentifier, quoteTable } from "../../sdk/sql/duckdb/identifiers.js";
import { castToLogical } from "../../sdk/sql/duckdb/types.js";
import { statement } from "./catalog.js";
import type { DuckdbConfig } from "./config.js";
import { predicateSql } from "./predicate.js";
import type { DuckColumn, Relation } from "./relation.js";

/** A SELECT in parts: the expressions of the wanted columns, what they are taken from, and the filter's conditions. */
export interface Selection {
  readonly columns: readonly DuckColumn[];
  readonly from: string;
  readonly conditions: readonly string[];
}

/**
 * What a request wants of a relation that stands in SQL as `from`.
 * @throws ConfigError `duckdb.column_missing`
 */
export function selectionOf(relation: Relation, from: string, { columns, filter = [] }: ReadRequest): Selection {
  return {
    columns: columns.map((name) => findColumn(relation, name)),
    from,
    conditions: filter.map((predicate) => conditionSql(relation, predicate)),
  };
}

/** The SELECT. */
export function selectSql({ columns, from, conditions }: Selection): string {
  const values = columns.map((column) => `${columnSql(column)} AS ${quoteIdentifier(column.name)}`);
  return `SELECT ${values.join(", ")} FROM ${from} AS sluice_row ${whereSql(conditions)}`;
}

/** `WHERE` with all conditions; nothing where there are none. */
export function whereSql(conditions: readonly string[]): string {
  return conditions.length === 0 ? "" : `WHERE ${conditions.map((condition) => `(${condition})`).join(" AND ")}`;
}

/** A column as a value of its logical type. */
export function columnSql({ name, native }: DuckColumn): string {
  return castToLogical(quoteIdentifier(name), native.type);
}

export function findColumn({ name, schema, columns }: Relation, column: string): DuckColumn {
  const found = columns.find((candidate) => candidate.name === column);
  if (found !== undefined) return found;
  const stream = streamId(schema === undefined ? { name } : { name, namespace: schema });
  throw new ConfigError("duckdb.column_missing", `${stream}: there is no column ${column}`, {
    hint: `its columns are ${columns.map((known) => known.name).join(", ")}`,
    stream,
    column,
  });
}

/** A relation in SQL, in the source's own database. */
export function relationSql({ name, schema }: Relation, { queries }: DuckdbConfig): string {
  return schema === undefined ? statement(queries[name] ?? "") : quoteTable({ schema, name });
}

export function conditionSql(relation: Relation, predicate: Predicate): string {
  const column = findColumn(relation, predicate.column);
  return predicateSql(columnSql(column), column, predicate);
}
