import type { Target } from "../../sdk/destination.js";
import { quoteLiteral, quoteTable } from "../../sdk/sql/postgres/identifiers.js";
import { shadowName } from "../../sdk/sql/shadow-name.js";
import { fillTable } from "./fill.js";
import { forgetLoads } from "./ledger.js";
import { publishTable } from "./publish.js";
import { findTable, type TableName } from "./relation.js";
import type { Session } from "./session.js";
import type { Strategy, StrategyContext } from "./strategy.js";

/** overwrite: rows go into a new table beside the old one, which takes its place in the last commit. */
export function overwriteStrategy(context: StrategyContext): Strategy {
  const { session, target } = context;
  const shadow = { schema: context.table.schema, name: shadowName(target, context.child) };
  const filling = fillTable(context, shadow);
  return {
    table: shadow,
    staged: () => quoteTable(shadow),
    open: filling.open,
    async settle(copied) {
      return { written: await filling.settle(copied), deduplicated: 0 };
    },
    async beforeCommit({ loadId, publish }) {
      if (publish) await publishTable(context, shadow);
      else await noteLoad(session, shadow, loadId);
    },
  };
}

/**
 * Throws away what a run left that ended between two loads of an overwrite, child tables too, and the ledger rows of those
 * loads.
 */
export async function dropShadows(session: Session, schema: string, target: Target): Promise<void> {
  const left = await session.rows<{ oid: string; name: string }>(
    `select c.oid, c.relname as name from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and starts_with(c.relname, $2) and c.relkind = 'r'`,
    [schema, shadowName(target)],
  );
  if (left.length === 0) return;
  await session.run("begin");
  for (const { oid, name } of left) {
    await forgetLoads(session, schema, target, await notedLoads(session, Number(oid)));
    await session.run(`drop table ${quoteTable({ schema, name })}`);
  }
  await session.run("commit");
}

/** The loads that were committed into a table nobody has seen yet stand in its comment. */
async function noteLoad(session: Session, shadow: TableName, loadId: number): Promise<void> {
  const relation = await findTable(session, shadow);
  const loads = [...(await notedLoads(session, relation!.oid)), loadId];
  await session.run(`comment on table ${quoteTable(shadow)} is ${quoteLiteral(JSON.stringify({ loads }))}`);
}

async function notedLoads(session: Session, oid: number): Promise<number[]> {
  const [row] = await session.rows<{ comment: string | null }>(
    "select pg_catalog.obj_description($1, 'pg_class') as comment",
    [oid],
  );
  return row?.comment == null ? [] : (JSON.parse(row.comment) as { loads: number[] }).loads;
}
