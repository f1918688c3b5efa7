import { quoteIdentifier, quoteTable } from "../../sdk/sql/postgres/identifiers.js";
import { lockExclusively } from "./lock.js";
import { reasonToKeep } from "./reason-to-keep.js";
import { findTable, type TableName } from "./relation.js";
import { replaceRows } from "./replace-rows.js";
import type { StrategyContext } from "./strategy.js";
import { copyAttributes } from "./table-attributes.js";

/**
 * Makes a table that was built aside the visible one. Where nothing stands on the old table they swap names, and readers
 * wait for no longer than that takes. A table that others stand on keeps its identity: its rows are replaced, readers
 * see the old ones until the commit.
 */
export async function publishTable(context: StrategyContext, built: TableName): Promise<void> {
  const { session, table, log } = context;
  const old = await findTable(session, table);
  const rename = `alter table ${quoteTable(built)} rename to ${quoteIdentifier(table.name)}`;
  if (old === undefined) {
    await session.run(`comment on table ${quoteTable(built)} is null; ${rename}`);
    return;
  }
  const reason = await reasonToKeep(session, old.oid);
  if (reason !== undefined) {
    log("info", `the rows of ${quoteTable(table)} are replaced in place: ${reason.text}`);
    await replaceRows(context, { built, relation: old, referencedKeys: reason.referencedKeys });
    await session.run(`drop table ${quoteTable(built)}`);
    return;
  }
  const finish = await copyAttributes(context, built, old.oid);
  await lockExclusively(context);
  await session.run(`drop table ${quoteTable(table)}; ${rename}`);
  await finish();
}
