import { quoteIdentifier, quoteTable } from "../../sdk/sql/postgres/identifiers.js";
import { newColumnPlan } from "./column-plan.js";
import { createStage, type Intake, insertStage } from "./intake.js";
import { findTable, type TableName } from "./relation.js";
import type { LoadShape, StrategyContext } from "./strategy.js";
import { alterTable, isAltered, planTable, type TablePlan } from "./table-plan.js";
import { createTable, loadIdColumn } from "./tables.js";

/** A table that rows are only added to. */
export interface Filling {
  open(load: LoadShape): Promise<Intake>;
  /** Returns the rows that were added. */
  settle(copied: number): Promise<number>;
  /** What stands behind FROM for those rows. */
  added(): string;
}

/**
 * Adds rows straight from COPY where it can. Where values must be cast they go through a stage, and so they do where the
 * table must be altered, which would lock its readers out for as long as rows come. `keys` of a new table are NOT NULL.
 */
export function fillTable(
  { session, target, stage }: StrategyContext,
  table: TableName,
  keys: readonly string[] = [],
): Filling {
  const loadId = target.metadataColumns;
  const name = quoteTable(table);
  const loadIdDefault = `alter table ${name} alter column ${quoteIdentifier(loadIdColumn)}`;
  let intake: Intake | undefined;
  let plan: TablePlan | undefined;

  return {
    async open({ kept, ...load }) {
      const relation = await findTable(session, table);
      plan = relation && planTable(table, relation, { ...load, kept, loadId });
      const plans = plan?.columns ?? load.columns.map(newColumnPlan);
      if (relation === undefined) await session.run(createTable(table, { plans, kept, keys, loadId, validity: false }));
      const isFit = plan === undefined || !isAltered(plan);
      const direct = isFit && plans.every(({ type, copyType }) => type === copyType);
      const isNew = relation === undefined;
      intake = direct
        ? { table: name, plans, loadId: loadId ? (isNew ? "default" : "copied") : "none", freeze: isNew }
        : await createStage(session, { name: stage, plans, keys, loadId: load.loadId });
      // Nobody else sees a new table: its default can be the load's own id, so that the rows need not bring it.
      if (intake.freeze && loadId) await session.run(`${loadIdDefault} set default ${load.loadId}`);
      return intake;
    },
    async settle(copied) {
      if (intake?.freeze && loadId) await session.run(`${loadIdDefault} drop default`);
      if (intake?.table !== stage) return copied;
      if (plan !== undefined) await alterTable(session, table, plan);
      return await insertStage(session, table, intake);
    },
    added() {
      if (intake?.table === stage) return stage;
      return intake?.freeze ? name : `(select * from ${name} where ${isOfThisTransaction})`;
    },
  };
}

/** A row's xmin is the lower half of the transaction's id. */
const isOfThisTransaction = "xmin::text = (txid_current() & 4294967295)::text";
