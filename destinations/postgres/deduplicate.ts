import type { Target } from "../../sdk/destination.js";
import { quoteIdentifier, quoteTable } from "../../sdk/sql/postgres/identifiers.js";
import type { Session } from "./session.js";
import type { StrategyContext } from "./strategy.js";
import { loadIdColumn, nameList } from "./tables.js";

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
 * Takes rows out of the stage over which the table has something newer: see `LoadOptions`. Returns how many.
 * @param current a condition on the table's rows, as `t`, that may be replaced
 */
export async function dropOutrun(
  { session, target, table, stage }: StrategyContext,
  asOf: number | undefined,
  current = "true",
): Promise<number> {
  if (asOf === undefined) return 0;
  const { cursorField, metadataColumns, primaryKey } = target;
  const cursor = cursorField === undefined ? undefined : quoteIdentifier(cursorField);
  const greater = cursor === undefined ? "false" : `coalesce(s.${cursor} > t.${cursor}, false)`;
  const id = `t.${quoteIdentifier(loadIdColumn)}`;
  const newer = [
    ...(metadataColumns ? [`${id} > ${asOf}`, `${id} = ${asOf} and not ${greater}`] : []),
    ...(cursor === undefined ? [] : [`t.${cursor} > s.${cursor}`]),
  ];
  if (newer.length === 0) return 0;
  const sameKey = primaryKey.map((key) => `t.${quoteIdentifier(key)} = s.${quoteIdentifier(key)}`).join(" and ");
  return session.run(
    `delete from ${stage} s using ${quoteTable(table)} t where ${sameKey} and ${current} and (${newer.join(" or ")})`,
  );
}
