import { fillTable } from "./fill.js";
import type { Strategy, StrategyContext } from "./strategy.js";

/** append: every row becomes a row of the table. */
export function appendStrategy(context: StrategyContext): Strategy {
  const filling = fillTable(context, context.table);
  return {
    table: context.table,
    staged: filling.added,
    open: filling.open,
    async settle(copied) {
      return { written: await filling.settle(copied), deduplicated: 0 };
    },
  };
}
