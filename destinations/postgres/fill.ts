import { quoteTable } from "../../sdk/sql/postgres/identifiers.js";
import { newColumnPlan } from "./column-plan.js";
import { createStage, type Intake, insertStage } from "./intake.js";
import { findTable, type TableName } from "./relation.js";
import type { LoadShape, StrategyContext } from "./strategy.js";
import { alterTable, isAltered, planTable, type TablePlan } from "./table-plan.js";
import { createTable } from "./tables.js";

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
  let intake: Intake | undefined;
  let plan: TablePlan | undefined;

  return {
    async open(load) {
      const relation = await findTable(session, table);
      plan = relation && planTable(table, relation, { ...load, loadId });
      const plans = plan?.columns ?? load.columns.map(newColumnPlan);
      const { kept } = load;
      if (relation === undefined) await session.run(createTable(table, { plans, kept, keys, loadId, validity: false }));
      const isFit = plan === undefined || !isAltered(plan);
      const direct = isFit && plans.every(({ type, copyType }) => type === copyType);
      intake = direct
        ? { table: quoteTable(table), plans, loadId, freeze: relation === undefined }
        : await createStage(session, { name: stage, plans, keys, loadId });
      return intake;
    },
    async settle(copied) {
      if (intake?.table !== stage) return copied;
      if (plan !== undefined) await alterTable(session, table, plan);
      return await insertStage(session, table, intake);
    },
    added() {
      if (intake?.table === stage) return stage;
      return intake?.freeze ? quoteTable(table) : `(select * from ${quoteTable(table)} where ${isOfThisTransaction})`;
    },
  };
}

/** A row's xmin is the lower half of the transaction's id. */
const isOfThisTransaction = "xmin::text = (txid_current() & 4294967295)::text";
