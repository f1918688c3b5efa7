import type { SchemaChange } from "../../sdk/destination.js";
import { ConfigError } from "../../sdk/errors.js";
import { sameType } from "../../sdk/schema/column-type.js";
import { renamesFirst } from "../../sdk/schema/renames-first.js";
import type { Column } from "../../sdk/schema/stream.js";
import { quoteIdentifier, quoteTable } from "../../sdk/sql/postgres/identifiers.js";
import { postgresValueText } from "../../sdk/sql/postgres/value-text.js";
import { type ColumnPlan, existingColumnPlan, newColumnPlan, wantedType } from "./column-plan.js";
import type { Relation, TableName } from "./relation.js";
import type { Session } from "./session.js";
import type { LoadShape } from "./strategy.js";
import { loadIdColumn } from "./tables.js";

/** How a load's columns go into a table that is there. */
export interface TablePlan {
  /** Those that its rows bring. */
  readonly columns: readonly ColumnPlan[];
  /** Clauses that each take an ALTER TABLE of their own, before all others. */
  readonly renames: readonly string[];
  /** Clauses of one ALTER TABLE that comes before the rows; empty where there is nothing to change. */
  readonly alterations: readonly string[];
}

/**
 * Compares a table with what comes.
 * @throws ConfigError `target.column_missing` or `target.type_mismatch`
 */
export function planTable(
  table: TableName,
  relation: Relation,
  load: Pick<LoadShape, "columns" | "kept" | "changes"> & { readonly loadId: boolean },
): TablePlan {
  const alterations: string[] = [];
  const { renames, others: changes } = renamesFirst(load.changes);
  const clauses: string[] = [];
  let present = relation.columns;
  for (const { from, to } of renames) {
    if (!present.some(({ name }) => name === from)) continue;
    clauses.push(`rename column ${quoteIdentifier(from)} to ${quoteIdentifier(to)}`);
    present = present.map((column) => (column.name === from ? { ...column, name: to } : column));
  }
  const unbrought = load.kept.map((column) => ({ ...column, nullable: true }));
  const plans = [...load.columns, ...unbrought].map((column) => {
    const existing = present.find(({ name }) => name === column.name);
    const quoted = quoteIdentifier(column.name);
    if (existing === undefined) {
      if (!isAdded(column, changes) && !unbrought.includes(column)) throw columnMissing(column, table);
      const plan = newColumnPlan(column);
      alterations.push(`add column ${quoted} ${plan.type}`);
      return plan;
    }
    if (!existing.nullable && changes.some(({ type, column: name }) => type === "allow_null" && name === column.name)) {
      alterations.push(`alter column ${quoted} drop not null`);
    }
    const widened = isWidened(column, changes) && !sameType(existing.type, column.type);
    const plan = widened ? newColumnPlan(column) : existingColumnPlan(column, existing, quoteTable(table));
    if (widened || plan.lengthen) {
      alterations.push(
        `alter column ${quoted} type ${plan.type} using ${converted(quoted, existing, column)}::${plan.type}`,
      );
    }
    return plan;
  });
  if (load.loadId && !relation.columns.some(({ name }) => name === loadIdColumn)) {
    alterations.push(`add column ${quoteIdentifier(loadIdColumn)} bigint`);
  }
  return { columns: plans.slice(0, load.columns.length), renames: clauses, alterations };
}

/** Whether a table must be altered before it takes the rows. */
export function isAltered({ renames, alterations }: TablePlan): boolean {
  return renames.length + alterations.length > 0;
}

/** What follows ALTER TABLE and the name, one statement each. */
export function alterClauses({ renames, alterations }: TablePlan): string[] {
  return [...renames, ...(alterations.length === 0 ? [] : [alterations.join(", ")])];
}

/**
 * Runs the alterations of a plan.
 * @throws ConfigError `target.view_blocks` where a view holds a column's type
 */
export async function alterTable(session: Session, table: TableName, plan: TablePlan): Promise<void> {
  try {
    for (const clause of alterClauses(plan)) await session.run(`alter table ${quoteTable(table)} ${clause}`);
  } catch (error) {
    if (!(error instanceof ConfigError) || error.code !== "postgres.not_supported") throw error;
    throw new ConfigError("target.view_blocks", `table ${quoteTable(table)} must be altered: ${error.message}`, {
      cause: error,
      hint: "drop the view, run the sync, and create the view again",
    });
  }
}

/** Old values in the form that new ones come in: a list as JSON, everything else as its text or number. */
function converted(quoted: string, { type: from }: Column, { type: to }: Column): string {
  if (to.kind === "string" && from.kind !== "list") return `(${postgresValueText(quoted, from)})`;
  if (from.kind !== "list" || to.kind === "list") return quoted;
  const bare = /^(boolean|int16|int32|int64|decimal|json)$/.test(from.item.kind);
  return `to_json(${bare ? quoted : `${quoted}::text[]`})`;
}

function isAdded(column: Column, changes: readonly SchemaChange[]): boolean {
  return changes.some((change) => change.type === "add_column" && change.column.name === column.name);
}

function isWidened(column: Column, changes: readonly SchemaChange[]): boolean {
  return changes.some((change) => change.type === "widen_column" && change.column === column.name);
}

function columnMissing(column: Column, table: TableName): ConfigError {
  return new ConfigError(
    "target.column_missing",
    `table ${quoteTable(table)} has no column '${column.name}', which comes as ${wantedType(column)}`,
    {
      column: column.name,
      hint: `ALTER TABLE ${quoteTable(table)} ADD COLUMN ${quoteIdentifier(column.name)} ${wantedType(column)}, or exclude the column`,
    },
  );
}
