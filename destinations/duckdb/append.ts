import { type Aside, asideNames, tableAside } from "./aside.js";
import { ensureTable } from "./ensure-table.js";
import type { Strategy, StrategyContext } from "./strategy.js";

/** append: rows go straight into the table; the open transaction hides them. */
export function appendStrategy(context: StrategyContext): Strategy {
  const { target, table } = context;
  let aside: Aside;
  let isNew = false;
  return {
    table,
    async open(load) {
      isNew = await ensureTable(context, table, load);
      aside = tableAside({ ...context, ...asideNames(target, context.child), loadId: load.id, isNew });
      return {
        get table() {
          return aside.name;
        },
        loadId: target.metadataColumns,
        rowNumbers: false,
      };
    },
    canCut: () => aside.can(),
    cut: () => aside.put(),
    bringBack: () => aside.bringBack(),
    get isOfLoad() {
      return isNew;
    },
    settle: async (rows) => ({ written: rows, deduplicated: 0 }),
  };
}
