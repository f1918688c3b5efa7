import { quoteIdentifier, quoteTable } from "../../sdk/sql/postgres/identifiers.js";
import { dropOlderVersions, dropOutrun } from "./deduplicate.js";
import { fillTable } from "./fill.js";
import { castStage, columnNames, createStage, type Intake, stageName } from "./intake.js";
import { findTable } from "./relation.js";
import type { Strategy, StrategyContext } from "./strategy.js";
import { alterTable, planTable, type TablePlan } from "./table-plan.js";
import { deletedAtColumn, nameList } from "./tables.js";
import { addPrimaryKey, ensureUnique } from "./unique-key.js";

/**
 * merge: a key's newest row becomes its row in the table. INSERT … ON CONFLICT rather than DELETE and INSERT: as fast,
 * and it sets off no ON DELETE of other tables.
 */
export function mergeStrategy(context: StrategyContext): Strategy {
  const { session, target, table } = context;
  const loadId = target.metadataColumns;
  const keys = target.primaryKey;
  const filling = fillTable(context, table, keys);
  let isNew = false;
  let intake: Intake;
  let plan: TablePlan | undefined;
  let asOf: number | undefined;
  /** The table marks rows that are gone: one that comes again is no longer marked. */
  let marks = false;

  return {
    table,
    staged: () => (isNew ? quoteTable(table) : stageName),
    async open(load) {
      const relation = await findTable(session, table);
      isNew = relation === undefined;
      asOf = load.asOf;
      marks = relation?.columns.some(({ name }) => name === deletedAtColumn) ?? false;
      if (relation === undefined) return filling.open(load);
      plan = planTable(table, relation, { ...load, loadId });
      intake = await createStage(session, { plans: plan.columns, keys, loadId });
      return intake;
    },
    async settle(copied) {
      if (isNew) {
        const filled = await filling.settle(copied);
        const deduplicated = await addPrimaryKey(session, table, target);
        return { written: filled - deduplicated, deduplicated };
      }
      if (plan !== undefined) await alterTable(session, table, plan);
      await castStage(session, intake.plans);
      const older = await dropOlderVersions(session, stageName, target);
      const deduplicated = older + (await dropOutrun(context, asOf));
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
  return `insert into ${table} (${nameList(names)}) select ${nameList(names)} from ${stageName}
    on conflict (${nameList(keys)}) do update set ${updates.join(", ")}`;
}
