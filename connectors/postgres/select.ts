import { ConfigError } from "../../sdk/errors.js";
import type { Predicate } from "../../sdk/source.js";
import { quoteIdentifier, quoteLiteral } from "../../sdk/sql/postgres/identifiers.js";
import type { CatalogColumn } from "../../sdk/sql/postgres/table-columns.js";
import { transferExpression } from "../../sdk/sql/postgres/transfer-expression.js";
import type { Relation } from "./relation.js";

/** The columns of a relation by name, in the order wanted. */
export function pickColumns(relation: Relation, names: readonly string[]): CatalogColumn[] {
  return names.map((name) => findColumn(relation, name));
}

/** @throws ConfigError `postgres.column_missing` */
export function findColumn({ stream, columns }: Relation, name: string): CatalogColumn {
  const column = columns.find((candidate) => candidate.name === name);
  if (column !== undefined) return column;
  throw new ConfigError("postgres.column_missing", `${stream}: there is no column ${name}`, {
    hint: `its columns are ${columns.map((known) => known.name).join(", ")}`,
    stream,
    column: name,
  });
}

/** The name of a whole row in every statement; unlike a short one, no column has it. */
export const rowAlias = "sluice_row";

/** `COPY (SELECT …) TO STDOUT`; every condition must hold. */
export function copyStatement(
  columns: readonly CatalogColumn[],
  from: string,
  conditions: readonly (string | undefined)[],
): string {
  const where = conditions.filter((condition) => condition !== undefined).map((condition) => `(${condition})`);
  const select = `select ${columns.map(transferExpression).join(", ")} from ${from} ${rowAlias}`;
  return `copy (${select}${where.length === 0 ? "" : ` where ${where.join(" and ")}`}) to stdout (format binary)`;
}

/** A predicate in SQL. Values stand as literals without a type, so that Postgres reads them as the column's own. */
export function predicateSql(relation: Relation, { column, operator, values }: Predicate): string {
  const { name, type, native } = findColumn(relation, column);
  // json and xml have no operators of their own.
  const left =
    type.kind === "json" && native.type === "json" ? `${quoteIdentifier(name)}::text` : quoteIdentifier(name);
  switch (operator) {
    case "is_null":
      return `${left} is null`;
    case "is_not_null":
      return `${left} is not null`;
    case "in":
      return values.length === 0 ? "false" : `${left} in (${values.map(quoteLiteral).join(", ")})`;
    default:
      return `${left} ${operator} ${quoteLiteral(values[0] ?? "")}`;
  }
}
