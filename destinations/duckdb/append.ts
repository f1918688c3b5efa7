import { quoteTable } from "../../sdk/sql/duckdb/identifiers.js";
import { ensureTable } from "./ensure-table.js";
import type { Strategy, StrategyContext } from "./strategy.js";

/** append: rows go straight into the table; the open transaction hides them. */
export function appendStrategy(context: StrategyContext): Strategy {
  return {
    table: context.table,
    async open(load) {
      await ensureTable(context, context.table, load);
      return { table: quoteTable(context.table), loadId: context.target.metadataColumns, rowNumbers: false };
    },
    settle: async (rows) => ({ written: rows, deduplicated: 0 }),
  };
}
