import { rowNumberColumn } from "../../sdk/sql/key-rows.js";
import { quoteIdentifier, quoteTable } from "../../sdk/sql/postgres/identifiers.js";
import { type ColumnPlan, castExpression } from "./column-plan.js";
import type { TableName } from "./relation.js";
import type { Session } from "./session.js";
import { loadIdColumn, nameList } from "./tables.js";

/** What COPY fills: the table itself, or a stage that only this transaction sees. */
export interface Intake {
  /** Quoted. */
  readonly table: string;
  readonly plans: readonly ColumnPlan[];
  /** How its rows get `_sluice_load_id`, their last column: COPY brings it, the server puts in its default, or there is none. */
  readonly loadId: "copied" | "default" | "none";
  /** The table was made in this transaction: its rows may be written frozen, so that no vacuum need touch them again. */
  readonly freeze: boolean;
}

export interface StageShape {
  /** Quoted. */
  readonly name: string;
  readonly plans: readonly ColumnPlan[];
  readonly keys: readonly string[];
  /** What its rows have in `_sluice_load_id`; undefined: there is no such column. */
  readonly loadId: number | undefined;
  /** Numbers its rows, in the order of writing, in `rowNumberColumn`. */
  readonly rowNumbers?: boolean;
}

/**
 * Creates the stage of a load, which stands until its transaction ends. COPY into an empty table keeps the order of the rows in `ctid`.
 * Its keys are NOT NULL, so that the server names the row that has none.
 */
export async function createStage(
  session: Session,
  { name, plans, keys, loadId, rowNumbers = false }: StageShape,
): Promise<Intake> {
  const columns = plans.map(
    ({ column, copyType }) =>
      `${quoteIdentifier(column.name)} ${copyType}${keys.includes(column.name) ? " not null" : ""}`,
  );
  if (loadId !== undefined) columns.push(`${quoteIdentifier(loadIdColumn)} bigint default ${loadId}`);
  if (rowNumbers) {
    const numbers = "generated always as identity (start 0 minvalue 0 cache 1000)";
    columns.push(`${quoteIdentifier(rowNumberColumn)} bigint ${numbers}`);
  }
  await session.run(`create temporary table ${name} (${columns.join(", ")}) on commit drop`);
  return { table: name, plans, loadId: loadId === undefined ? "none" : "default", freeze: false };
}

/** Gives the stage's columns the types of the table, in place; the rows keep their order. */
export async function castStage(session: Session, { table, plans }: Intake): Promise<void> {
  const casts = plans
    .filter(({ type, copyType }) => type !== copyType)
    .map((plan) => `alter column ${quoteIdentifier(plan.column.name)} type ${plan.type} using ${castExpression(plan)}`);
  if (casts.length > 0) await session.run(`alter table ${table} ${casts.join(", ")}`);
}

/** Adds the stage's rows to a table and returns how many they were. */
export async function insertStage(session: Session, table: TableName, intake: Intake): Promise<number> {
  const names = columnNames(intake);
  const values = intake.plans.map(castExpression);
  if (intake.loadId !== "none") values.push(quoteIdentifier(loadIdColumn));
  return session.run(
    `insert into ${quoteTable(table)} (${nameList(names)}) select ${values.join(", ")} from ${intake.table}`,
  );
}

/** The names of an intake's columns, the load id last. */
export function columnNames({ plans, loadId }: Intake): string[] {
  const names = plans.map(({ column }) => column.name);
  return loadId === "none" ? names : [...names, loadIdColumn];
}
