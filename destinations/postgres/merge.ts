import { quoteIdentifier, quoteTable } from "../../sdk/sql/postgres/identifiers.js";
import { newColumnPlan } from "./column-plan.js";
import { dropOlderVersions, dropOutrun } from "./deduplicate.js";
import { fillTable } from "./fill.js";
import { castStage, columnNames, createStage, type Intake, insertStage } from "./intake.js";
import { findTable } from "./relation.js";
import type { Strategy, StrategyContext } from "./strategy.js";
import { alterTable, planTable, type TablePlan } from "./table-plan.js";
import { createTable, deletedAtColumn, nameList } from "./tables.js";
import { addPrimaryKey, ensureUnique } from "./unique-key.js";

/**
 * merge: a key's newest row becomes its row in the table. INSERT … ON CONFLICT rather than DELETE and INSERT: as fast,
 * and it sets off no ON DELETE of other tables.
 */
export function mergeStrategy(context: StrategyContext): Strategy {
  const { session, target, table, stage } = context;
  const loadId = target.metadataColumns;
  const keys = target.primaryKey;
  const filling = fillTable(context, table, keys);
  // Its children ask which of the rows stand.
  const rowNumbers = (target.children ?? []).length > 0;
  let isNew = false;
  let left = 0;
  let intake: Intake;
  let plan: TablePlan | undefined;
  let asOf: number | undefined;
  /** The table marks rows that are gone: one that comes again is no longer marked. */
  let marks = false;

  return {
    table,
    staged: () => (isNew ? quoteTable(table) : stage),
    standing: () => ({ relation: stage, keys, all: left === 0 }),
    async open(load) {
      const relation = await findTable(session, table);
      isNew = relation === undefined;
      asOf = load.asOf;
      marks = relation?.columns.some(({ name }) => name === deletedAtColumn) ?? false;
      if (relation === undefined && !rowNumbers) return filling.open(load);
      plan = relation && planTable(table, relation, { ...load, loadId });
      const plans = plan?.columns ?? load.columns.map(newColumnPlan);
      const { kept } = load;
      if (isNew) await session.run(createTable(table, { plans, kept, keys, loadId, validity: false }));
      intake = await createStage(session, { name: stage, plans, keys, loadId: load.loadId, rowNumbers });
      return intake;
    },
    async settle(copied) {
      if (isNew && !rowNumbers) {
        const filled = await filling.settle(copied);
        const deduplicated = await addPrimaryKey(session, table, target);
        return { written: filled - deduplicated, deduplicated };
      }
      if (plan !== undefined) await alterTable(session, table, plan);
      await castStage(session, intake);
      const older = await dropOlderVersions(session, stage, target);
      const deduplicated = older + (await dropOutrun(context, asOf));
      left = deduplicated;
      if (isNew) {
        const written = await insertStage(session, table, intake);
        await addPrimaryKey(session, table, target);
        return { written, deduplicated };
      }
      await ensureUnique(session, table, keys);
      const written = await session.run(upsert(quoteTable(table), { ...intake, marks }, keys));
      return { written, deduplicated };
    },
  };
}

function upsert(table: string, intake: Intake & { readonly marks: boolean }, keys: readonly string[]): string {
  const names = columnNames(intake);
  const others = names.filter((name) => !keys.includes(name));
  const changed = (others.length === 0 ? keys : others).map(quoteIdentifier);
  const updates = changed.map((name) => `${name} = excluded.${name}`);
  if (intake.marks) updates.push(`${quoteIdentifier(deletedAtColumn)} = null`);
  return `insert into ${table} (${nameList(names)}) select ${nameList(names)} from ${intake.table}
    on conflict (${nameList(keys)}) do update set ${updates.join(", ")}`;
}
