import { SluiceError } from "../../sdk/errors.js";
import { quoteIdentifier, quoteTable } from "../../sdk/sql/postgres/identifiers.js";
import { dependentViews } from "./dependent-views.js";
import { lockExclusively } from "./lock.js";
import { reasonToKeep } from "./reason-to-keep.js";
import { findTable, type Relation, type TableName } from "./relation.js";
import { replaceRows } from "./replace-rows.js";
import type { StrategyContext } from "./strategy.js";
import { copyAttributes } from "./table-attributes.js";

/**
 * Makes a table that was built aside the visible one. The two swap names, views move along, and readers wait for no
 * longer than that takes. A table that others are bound to keeps its identity: its rows are replaced, and readers see
 * the old ones until the commit.
 */
export async function publishTable(context: StrategyContext, built: TableName): Promise<void> {
  const { session, table } = context;
  const old = await findTable(session, table);
  if (old === undefined) {
    await session.run(`comment on table ${quoteTable(built)} is null; ${rename(built, table.name)}`);
    return;
  }
  const reason = await reasonToKeep(session, old.oid);
  const refusal = reason?.text ?? (await swap(context, built, old));
  if (refusal === undefined) return;
  context.log("info", `the rows of ${quoteTable(table)} are replaced in place: ${refusal}`);
  await replaceRows(context, { built, relation: old, referencedKeys: reason?.referencedKeys ?? [] });
  await session.run(`drop table ${quoteTable(built)}`);
}

/** Puts the new table in the old one's place. Returns why that cannot be, where a view does not fit the new table. */
async function swap(context: StrategyContext, built: TableName, old: Relation): Promise<string | undefined> {
  const { session, table } = context;
  const aside = { schema: table.schema, name: built.name.replace("_new_", "_old_") };
  const views = await dependentViews(session, old.oid);
  await session.run("savepoint swap");
  const finish = await copyAttributes(context, built, old.oid);
  await lockExclusively(context, [...views.map(({ name }) => name), quoteTable(table)]);
  await session.run(`${rename(table, aside.name)}; ${rename(built, table.name)}`);
  try {
    for (const { statement } of views) await session.run(statement);
  } catch (error) {
    if (!(error instanceof SluiceError) || error.kind === "transient") throw error;
    await session.run("rollback to savepoint swap");
    return error.message;
  }
  await session.run(`drop table ${quoteTable(aside)}`);
  await finish();
  return undefined;
}

function rename(table: TableName, name: string): string {
  return `alter table ${quoteTable(table)} rename to ${quoteIdentifier(name)}`;
}
