import type { Target, TargetChange } from "../../sdk/destination.js";
import { quoteTable } from "../../sdk/sql/postgres/identifiers.js";
import { newColumnPlan } from "./column-plan.js";
import { findTable, type TableName } from "./relation.js";
import type { Session } from "./session.js";
import { alterClauses, planTable } from "./table-plan.js";
import { createTable } from "./tables.js";

/** See `OpenDestination.statements`. */
export async function statementsFor(
  session: Session,
  table: TableName,
  target: Target,
  { columns, changes }: TargetChange,
): Promise<string[]> {
  const loadId = target.metadataColumns;
  const relation = target.writeMode === "overwrite" ? undefined : await findTable(session, table);
  if (relation === undefined) {
    const plans = columns.map(newColumnPlan);
    return [createTable(table, { plans, keys: target.primaryKey, loadId, validity: target.writeMode === "scd2" })];
  }
  const plan = planTable(table, relation, { columns, changes, kept: [], loadId });
  return alterClauses(plan).map((clause) => `alter table ${quoteTable(table)} ${clause}`);
}
