import type { Target } from "../../sdk/destination.js";
import { deleteOutrun } from "../../sdk/sql/outrun-rows.js";
import { quoteIdentifier, quoteTable } from "../../sdk/sql/postgres/identifiers.js";
import type { Session } from "./session.js";
import type { StrategyContext } from "./strategy.js";
import { nameList } from "./tables.js";

/**
 * Leaves a key's newest row in a table that one COPY has filled: the greatest cursor, among equals the row written
 * last, which has the greatest `ctid`. Returns how many rows went.
 */
export function dropOlderVersions(session: Session, table: string, target: Target): Promise<number> {
  const { primaryKey, cursorField } = target;
  const order = cursorField === undefined ? "" : `${quoteIdentifier(cursorField)} desc nulls last, `;
  return session.run(
    `delete from ${table} where ctid in (
       select version from (
         select ctid as version, row_number() over (partition by ${nameList(primaryKey)} order by ${order}ctid desc) as age
         from ${table}) ranked
       where age > 1)`,
  );
}

/**
 * Takes rows out of the stage over which the table has something newer. Returns how many.
 * @param current a condition on the table's rows, as `old`, that may be replaced
 */
export async function dropOutrun(
  { session, target, table, stage }: StrategyContext,
  asOf: number | undefined,
  current?: string,
): Promise<number> {
  const among = current === undefined ? {} : { current };
  const sql = deleteOutrun({ target, stage, table: quoteTable(table), asOf, ...among, quote: quoteIdentifier });
  return sql === undefined ? 0 : await session.run(sql);
}
