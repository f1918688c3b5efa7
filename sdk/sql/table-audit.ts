import { freshnessResult, holdsByKey, rowCountResult } from "../check-results.js";
import type { QueryResult, Target } from "../destination.js";
import { ConfigError } from "../errors.js";
import type { Column } from "../schema/stream.js";
import type { CheckResult, FreshnessCheck, RelationshipCheck, TableCheck, UniqueCheck } from "../table-check.js";
import { standingConditions } from "./standing-rows.js";

/** Rows that can be asked. */
export interface Relation {
  /** What stands behind FROM, without an alias. */
  readonly from: string;
  /** All of them, Sluice's own included. */
  readonly columns: readonly Column[];
}

/** A table with a load that is staged, as its checks are asked in SQL. */
export interface AuditedTable {
  readonly target: Target;
  /** The table as it will stand after the commit. */
  readonly rows: Relation;
  /** The rows that the load adds. */
  readonly staged: Relation;
  /** How many those are; of a table that is built anew, how many it has. */
  added(): Promise<number>;
  /** Another table as it is committed, undefined where there is none. */
  find(schema: string | undefined, table: string): Promise<Relation | undefined>;
  /** Runs a query in the load's own transaction. */
  query(sql: string): Promise<QueryResult>;
  quote(name: string): string;
  /** A value of a column's type as an expression that can be grouped and compared. */
  comparable(expression: string, column: Column): string;
}

/** `Writer.audit` for destinations that are asked in SQL: what DuckDB and Postgres both understand. */
export async function auditTable(checks: readonly TableCheck[], audited: AuditedTable): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of checks) results.push(await auditOne(check, audited));
  return results;
}

async function auditOne(check: TableCheck, audited: AuditedTable): Promise<CheckResult> {
  switch (check.type) {
    case "unique":
      return holdsByKey(check, audited.target) ? { failed: 0, examples: [] } : await unique(check, audited);
    case "row_count":
      return rowCountResult(check, await audited.added());
    case "freshness":
      return freshnessResult(check, await newest(check, audited));
    case "relationship":
      return await relationship(check, audited);
  }
}

async function unique({ columns }: UniqueCheck, audited: AuditedTable): Promise<CheckResult> {
  const { query, rows, quote, comparable } = audited;
  const names = columns.map((_, i) => `sluice_value_${i}`);
  const values = columns.map((name, i) => `${comparable(quote(name), columnOf(rows, name, "unique"))} as ${names[i]}`);
  const noNulls = columns.map((name) => `${quote(name)} is not null`).join(" and ");
  const doubled = await query(
    `select sum(sluice_rows) over (), ${names.join(", ")} from (
       select count(*) as sluice_rows, ${names.join(", ")} from (
         select ${values.join(", ")} from ${standing(rows)} as sluice_table where ${noNulls}) as sluice_values
       group by ${names.join(", ")} having count(*) > 1) as sluice_doubled limit 3`,
  );
  return resultOf(doubled, columns);
}

async function newest(check: FreshnessCheck, { query, rows, quote }: AuditedTable) {
  const column = columnOf(rows, check.column, "freshness");
  if (!["date", "datetime", "timestamp"].includes(column.type.kind)) {
    throw new ConfigError("check.no_time", `freshness: column '${check.column}' is no date, datetime or timestamp`, {
      column: check.column,
      hint: "name a column that says when a row was made or changed",
    });
  }
  const value = quote(column.name);
  const found = await query(
    `select sluice_newest, extract(epoch from sluice_newest) * 1000 from (
       select max(${value}) as sluice_newest from ${standing(rows)} as sluice_table where isfinite(${value})) as sluice_values`,
  );
  const [text, epochMs] = found.rows[0] ?? [null, null];
  return text === null ? undefined : { text: String(text), epochMs: Number(epochMs) };
}

async function relationship(check: RelationshipCheck, audited: AuditedTable): Promise<CheckResult> {
  const { query, target, staged, quote, comparable } = audited;
  const isSelf = check.table === target.table && check.schema === target.schema;
  const other = isSelf ? audited.rows : await audited.find(check.schema, check.table);
  const referred = other?.columns.find(({ name }) => name === check.references);
  if (other === undefined || referred === undefined) throw noReference(check, other);
  const column = columnOf(staged, check.column, "relationship");
  const alike = column.type.kind === referred.type.kind || (isNumber(column) && isNumber(referred));
  const text = (expression: string) => (alike ? expression : `cast(${expression} as varchar)`);
  const value = comparable(quote(column.name), column);
  const missing = await query(
    `select sum(sluice_rows) over (), sluice_value from (
       select ${value} as sluice_value, count(*) as sluice_rows from ${staged.from} as sluice_staged
       where ${quote(column.name)} is not null group by 1) as sluice_values
     where not exists (
       select 1 from ${standing(other)} as sluice_other
       where ${text(comparable(`sluice_other.${quote(referred.name)}`, referred))} = ${text("sluice_value")}) limit 3`,
  );
  return resultOf(missing, [check.column]);
}

/** The rows that stand for rows of the source: of a history the current versions, and none that is marked as deleted. */
function standing({ from, columns }: Relation): string {
  const conditions = standingConditions(columns.map(({ name }) => name));
  return conditions.length === 0 ? from : `(select * from ${from} as sluice_all where ${conditions.join(" and ")})`;
}

/** Of rows whose first value is the count of all and whose others are an example. */
function resultOf({ rows }: QueryResult, columns: readonly string[]): CheckResult {
  const examples = rows.map(([, ...values]) => Object.fromEntries(columns.map((name, i) => [name, values[i] ?? null])));
  return { failed: Number(rows[0]?.[0] ?? 0), examples };
}

function isNumber({ type }: Column): boolean {
  return ["int16", "int32", "int64", "decimal"].includes(type.kind);
}

function columnOf({ columns }: Relation, name: string, check: TableCheck["type"]): Column {
  const column = columns.find((candidate) => candidate.name === name);
  if (column !== undefined) return column;
  throw new ConfigError("check.no_column", `${check}: the table has no column '${name}'`, {
    column: name,
    hint: `its columns are ${columns.map((known) => known.name).join(", ")}`,
  });
}

function noReference({ schema, table, column, references }: RelationshipCheck, other: Relation | undefined) {
  const place = schema === undefined ? table : `${schema}.${table}`;
  const message = other === undefined ? `there is no table ${place}` : `table ${place} has no column '${references}'`;
  return new ConfigError("check.no_reference", `relationship of '${column}': ${message}`, {
    column,
    hint:
      other === undefined
        ? "name a table of the destination, or load it first"
        : `its columns are ${other.columns.map(({ name }) => name).join(", ")}`,
  });
}
