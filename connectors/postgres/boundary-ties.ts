import { DataError } from "../../sdk/errors.js";
import { quoteLiteral } from "../../sdk/sql/postgres/identifiers.js";
import { boundSql, type Cursor } from "./cursor.js";
import type { ReadSession, Selection } from "./read-session.js";
import type { ReadState } from "./read-state.js";
import { rowAlias } from "./select.js";

/*
 * Rows without a transaction of their own (views, queries, foreign tables) that share the bound, or have no cursor, cannot
 * be told new from old by anything but their content: each is counted by a digest, and comes as often as it is new.
 */

const mostTies = 10_000;
const digest = `md5(${rowAlias}::text)`;

function boundary(cursor: Cursor, bound: string | null, stream: string): string {
  if (bound === null) return "true";
  return `${cursor.sql} is null or not (${cursor.finite}) or ${cursor.sql} = ${boundSql(cursor, bound, undefined, stream)}`;
}

/** Rows beyond the bound, and those at it that have not come yet. */
export function untiedSelections({ relation }: ReadSession, cursor: Cursor, state: ReadState): Selection[] {
  const { from, stream } = relation;
  const seen = Object.entries(state.ties ?? {}).map(([row, times]) => `(${quoteLiteral(row)}, ${times})`);
  const values = seen.length === 0 ? "select null::text, null::int where false" : `values ${seen.join(", ")}`;
  const ranked = `select ${rowAlias}, ${digest} as digest, row_number() over (partition by ${digest}) as nth
    from ${from} ${rowAlias} where ${boundary(cursor, state.bound, stream)}`;
  const fresh = `(select (ranked.${rowAlias}).* from (${ranked}) ranked
    left join (${values}) seen(digest, times) on seen.digest = ranked.digest where ranked.nth > coalesce(seen.times, 0))`;
  const beyond = `${cursor.finite} and ${cursor.sql} > ${boundSql(cursor, state.bound ?? "", undefined, stream)}`;
  return [{ from: fresh, conditions: [] }, ...(state.bound === null ? [] : [{ from, conditions: [beyond] }])];
}

/**
 * How often each row at the bound is there now.
 * @throws DataError `postgres.too_many_ties` beyond what a state should hold
 */
export async function countTies(
  { client, relation }: ReadSession,
  cursor: Cursor,
  bound: string | null,
): Promise<Record<string, number>> {
  const { stream, from } = relation;
  const nowhere = bound === null ? `${cursor.sql} is null or not (${cursor.finite})` : boundary(cursor, bound, stream);
  const { rows } = await client.query<{ digest: string; times: string }>(
    `select ${digest} as digest, count(*) as times from ${from} ${rowAlias} where ${nowhere} group by 1 limit ${mostTies + 1}`,
  );
  if (rows.length <= mostTies) return Object.fromEntries(rows.map((row) => [row.digest, Number(row.times)]));
  throw new DataError(
    "postgres.too_many_ties",
    `${stream}: more than ${mostTies} rows share the cursor value ${bound}, or have none`,
    { hint: "use a finer cursor, or write: merge, which may read them again", stream, column: cursor.column.name },
  );
}
