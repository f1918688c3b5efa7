import type { Column } from "../../sdk/schema/stream.js";
import { quoteIdentifier, quoteTable } from "../../sdk/sql/postgres/identifiers.js";
import { auditTable } from "../../sdk/sql/table-audit.js";
import type { CheckResult, TableCheck } from "../../sdk/table-check.js";
import { runQuery } from "./query.js";
import { findTable } from "./relation.js";
import type { Strategy, StrategyContext } from "./strategy.js";

/** A load that is settled and not committed. */
export interface SettledLoad {
  readonly strategy: Strategy;
  readonly written: number;
  readonly defaultSchema: string;
}

/** See `Writer.audit`. Everything is asked in the load's own transaction, which sees the table as it will be. */
export async function auditLoad(
  { session, target }: StrategyContext,
  { strategy, written, defaultSchema }: SettledLoad,
  checks: readonly TableCheck[],
): Promise<CheckResult[]> {
  const columns = (await findTable(session, strategy.table))?.columns ?? [];
  const name = quoteTable(strategy.table);
  return await auditTable(checks, {
    target: { ...target, schema: target.schema ?? defaultSchema },
    rows: { from: name, columns },
    staged: { from: strategy.staged(), columns },
    async added() {
      if (target.writeMode !== "overwrite") return written;
      const [counted] = await session.rows<{ count: string }>(`select count(*) as count from ${name}`);
      return Number(counted?.count);
    },
    async find(schema = defaultSchema, table) {
      const found = await findTable(session, { schema, name: table });
      return found && { from: quoteTable({ schema, name: table }), columns: found.columns };
    },
    query: (sql) => runQuery(session, sql),
    quote: quoteIdentifier,
    comparable,
  });
}

/** What is no plain type here, or has no equality, is compared by its text. */
function comparable(expression: string, { type }: Column): string {
  return ["string", "json", "list"].includes(type.kind) ? `(${expression})::text` : expression;
}
