import type { Target } from "../../sdk/destination.js";
import { quoteIdentifier } from "../../sdk/sql/postgres/identifiers.js";
import type { Session } from "./session.js";
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
