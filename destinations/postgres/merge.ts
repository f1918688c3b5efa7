import { DataError } from "../../sdk/errors.js";
import { quoteIdentifier, quoteTable } from "../../sdk/sql/postgres/identifiers.js";
import { newColumnPlan } from "./column-plan.js";
import { dropOlderVersions } from "./deduplicate.js";
import { castStage, columnNames, createStage, dropStage, type Intake, stageName } from "./intake.js";
import { findTable } from "./relation.js";
import type { Strategy, StrategyContext } from "./strategy.js";
import { alterTable, planTable } from "./table-plan.js";
import { createTable, nameList } from "./tables.js";
import { addPrimaryKey, ensureUnique } from "./unique-key.js";

/**
 * merge: a key's newest row becomes its row in the table. INSERT … ON CONFLICT rather than DELETE and INSERT: as fast,
 * and it sets off no ON DELETE of other tables.
 */
export function mergeStrategy({ session, target, table }: StrategyContext): Strategy {
  const loadId = target.metadataColumns;
  const keys = target.primaryKey;
  let intake: Intake;
  let alterations: readonly string[] = [];

  return {
    async open(load) {
      const relation = await findTable(session, table);
      if (relation === undefined) {
        const plans = load.columns.map(newColumnPlan);
        await session.run(createTable(table, { plans, keys, loadId, validity: false }));
        const direct = plans.every(({ type, copyType }) => type === copyType);
        intake = direct
          ? { table: quoteTable(table), plans, loadId, freeze: true }
          : await createStage(session, { plans, keys, loadId });
        return intake;
      }
      const planned = planTable(table, relation, { ...load, loadId });
      alterations = planned.alterations;
      intake = await createStage(session, { plans: planned.columns, keys, loadId });
      return intake;
    },
    async settle(copied) {
      // A table made in this load was filled directly: its rows are all there is to merge.
      if (intake.table !== stageName) {
        const deduplicated = await addPrimaryKey(session, table, target);
        return { written: copied - deduplicated, deduplicated };
      }
      await alterTable(session, table, alterations);
      await castStage(session, intake.plans);
      const deduplicated = await dropOlderVersions(session, stageName, target);
      await ensureUnique(session, table, keys);
      const written = await session.run(upsert(quoteTable(table), intake, keys));
      await dropStage(session);
      if (written + deduplicated !== copied) {
        throw new DataError(
          "merge.rows_lost",
          `${target.stream}: of ${copied} rows ${written} were merged into ${quoteTable(table)}`,
          {
            stream: target.stream,
            hint: "a trigger or a rule of the table keeps rows out",
          },
        );
      }
      return { written, deduplicated };
    },
  };
}

function upsert(table: string, intake: Intake, keys: readonly string[]): string {
  const names = columnNames(intake);
  const others = names.filter((name) => !keys.includes(name));
  const changed = (others.length === 0 ? keys : others).map(quoteIdentifier);
  const updates = changed.map((name) => `${name} = excluded.${name}`);
  return `insert into ${table} (${nameList(names)}) select ${nameList(names)} from ${stageName}
    on conflict (${nameList(keys)}) do update set ${updates.join(", ")}`;
}
