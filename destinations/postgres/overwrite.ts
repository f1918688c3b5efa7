import { createHash } from "node:crypto";
import type { Target } from "../../sdk/destination.js";
import { quoteLiteral, quoteTable } from "../../sdk/sql/postgres/identifiers.js";
import { fillTable } from "./fill.js";
import { forgetLoads } from "./ledger.js";
import { publishTable } from "./publish.js";
import { findTable, type TableName } from "./relation.js";
import type { Session } from "./session.js";
import type { Strategy, StrategyContext } from "./strategy.js";

/** overwrite: rows go into a new table beside the old one, which takes its place in the last commit. */
export function overwriteStrategy(context: StrategyContext): Strategy {
  const { session, target } = context;
  const shadow = shadowTable(context.table.schema, target);
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

/** The table that is built aside: one name per stream, so that the next run finds what a killed one left. */
export function shadowTable(schema: string, { connection, stream }: Pick<Target, "connection" | "stream">): TableName {
  const digest = createHash("sha256")
    .update(JSON.stringify([connection, stream]))
    .digest("hex")
    .slice(0, 16);
  return { schema, name: `_sluice_new_${digest}` };
}

/** Throws away what a run left that ended between two loads of an overwrite, and the ledger rows of those loads. */
export async function dropShadow(session: Session, schema: string, target: Target): Promise<void> {
  const shadow = shadowTable(schema, target);
  const relation = await findTable(session, shadow);
  if (relation === undefined) return;
  await session.run("begin");
  await forgetLoads(session, schema, target, await notedLoads(session, relation.oid));
  await session.run(`drop table ${quoteTable(shadow)}; commit`);
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
