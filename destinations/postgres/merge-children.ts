import { parentRowColumn } from "../../sdk/child-table.js";
import { SystemError } from "../../sdk/errors.js";
import { scalar } from "../../sdk/schema/column-type.js";
import { deleteBelonging, type KeyRows, rowNumberColumn } from "../../sdk/sql/key-rows.js";
import { quoteIdentifier, quoteTable } from "../../sdk/sql/postgres/identifiers.js";
import { castExpression, newColumnPlan } from "./column-plan.js";
import { createStage, type Intake } from "./intake.js";
import { findTable } from "./relation.js";
import type { Strategy, StrategyContext } from "./strategy.js";
import { alterTable, planTable, type TablePlan } from "./table-plan.js";
import { createTable, loadIdColumn, nameList } from "./tables.js";
import { ensureIndex } from "./unique-key.js";

const parentRow = newColumnPlan({ name: parentRowColumn, type: scalar("int64"), nullable: false });

/**
 * merge in a child table: what it has of the keys that a load writes is replaced by what came with the rows that stand.
 * `primaryKey` of the context's target are the columns that hold the parent's key.
 */
export function mergeChildren(context: StrategyContext, parent: Strategy): Strategy {
  const { session, target, table, stage } = context;
  const loadId = target.metadataColumns;
  const name = quoteTable(table);
  let isNew = false;
  let intake: Intake;
  let plan: TablePlan | undefined;

  async function removeOf(parents: KeyRows): Promise<void> {
    if (isNew) return;
    const parentKey = target.primaryKey;
    await session.run(deleteBelonging({ table: name, parentKey, parents, quote: quoteIdentifier }));
  }

  /** The rows that came with parents that stand. */
  async function insert(): Promise<number> {
    const plans = intake.plans.filter((one) => one !== parentRow);
    const own = loadId ? [loadIdColumn] : [];
    const names = nameList([...plans.map(({ column }) => column.name), ...own]);
    const values = [...plans.map(castExpression), ...own.map(quoteIdentifier)].join(", ");
    const { relation, all } = parent.standing!();
    const stands = `where ${quoteIdentifier(parentRowColumn)} in (select ${quoteIdentifier(rowNumberColumn)} from ${relation})`;
    return await session.run(`insert into ${name} (${names}) select ${values} from ${stage} ${all ? "" : stands}`);
  }

  return {
    table,
    takesParentRows: true,
    staged: () => stage,
    async open(load) {
      const relation = await findTable(session, table);
      isNew = relation === undefined;
      plan = relation && planTable(table, relation, { ...load, loadId });
      const plans = plan?.columns ?? load.columns.map(newColumnPlan);
      const { kept } = load;
      if (isNew) await session.run(createTable(table, { plans, kept, keys: [], loadId, validity: false }));
      intake = await createStage(session, { name: stage, plans: [...plans, parentRow], keys: [], loadId: load.loadId });
      return intake;
    },
    removeOf,
    async settle(copied) {
      if (plan !== undefined) await alterTable(session, table, plan);
      const standing = parent.standing!();
      if (!isNew) await ensureIndex(session, table, target.primaryKey);
      await session.run(`analyze ${standing.relation} (${nameList(standing.keys)})`);
      await removeOf(standing);
      const written = await insert();
      if (written < copied && standing.all) {
        const counts = `of ${copied} rows of ${name} ${written} were written`;
        throw new SystemError("merge.rows_lost", `${target.stream}: ${counts}`, { stream: target.stream });
      }
      if (isNew) await ensureIndex(session, table, target.primaryKey);
      return { written, deduplicated: copied - written };
    },
  };
}
