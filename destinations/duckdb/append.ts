import type { Aside } from "./aside.js";
import { ensureTable } from "./ensure-table.js";
import type { Strategy, StrategyContext } from "./strategy.js";
import { asideOf, straightInto } from "./strategy-aside.js";

/** append: rows go straight into the table; the open transaction hides them. */
export function appendStrategy(context: StrategyContext): Strategy {
  const { table } = context;
  let aside: Aside;
  let isNew = false;
  return {
    table,
    async open(load) {
      isNew = await ensureTable(context, table, load);
      aside = asideOf(context, { loadId: load.id, isNew });
      return straightInto(aside, context, { rowNumbers: false });
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
