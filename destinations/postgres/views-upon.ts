import type { Target, TargetChange } from "../../sdk/destination.js";
import { renamesFirst } from "../../sdk/schema/renames-first.js";
import type { Column } from "../../sdk/schema/stream.js";
import { findTable, type TableName } from "./relation.js";
import { differences } from "./replace-rows.js";
import type { Session } from "./session.js";
import { planTable } from "./table-plan.js";
import { isOwnColumn } from "./tables.js";
import { textArray } from "./unique-key.js";

/**
 * See `OpenDestination.dependents`. The server knows on which columns a view stands, so a rename breaks none. A column that
 * gets another type stops the load until its views are dropped; one that an overwrite no longer brings stays in the table
 * for them, and is null in every row, or stops the load where it is NOT NULL. With a view come those that stand on it.
 *
 * Functions whose text names a column are not found: the server does not look into it either.
 */
export async function viewsUpon(
  session: Session,
  table: TableName,
  target: Target,
  { columns, changes }: TargetChange,
): Promise<string[]> {
  const relation = await findTable(session, table);
  if (relation === undefined) return [];
  const rebuilds = target.writeMode === "overwrite";
  const own = relation.columns.filter((column) => !isOwnColumn(column));
  const coming = new Set(columns.map(({ name }) => name));
  const gone = rebuilds ? own.filter(({ name }) => !coming.has(name)) : [];
  const steps = rebuilds ? differences(own, columns) : changes;
  const plan = planTable(table, relation, { columns, kept: [], changes: steps, loadId: false });
  const renames = renamesFirst(steps).renames.toReversed();
  const retyped = plan.columns.flatMap(({ column, type }) => {
    const name = renames.reduce((known, { from, to }) => (known === to ? from : known), column.name);
    return own.filter((before) => before.name === name && before.native?.type !== type);
  });
  return await standingOn(session, relation.oid, [...gone, ...retyped]);
}

async function standingOn(session: Session, oid: number, columns: readonly Column[]): Promise<string[]> {
  const views = await session.rows<{ name: string }>(
    `with recursive upon(view, on_relation, on_column) as (
       select r.ev_class, d.refobjid, d.refobjsubid from pg_catalog.pg_depend d
       join pg_catalog.pg_rewrite r on r.oid = d.objid and r.ev_class <> d.refobjid
       where d.classid = 'pg_catalog.pg_rewrite'::regclass and d.refclassid = 'pg_catalog.pg_class'::regclass),
     found(view) as (
       select u.view from upon u join pg_catalog.pg_attribute a on a.attrelid = u.on_relation and a.attnum = u.on_column
       where u.on_relation = $1 and a.attname = any($2::text[])
       union select u.view from found f join upon u on u.on_relation = f.view)
     select format('%I.%I', n.nspname, c.relname) as name
     from found f join pg_catalog.pg_class c on c.oid = f.view join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('v', 'm') order by n.nspname, c.relname`,
    [oid, textArray(columns.map(({ name }) => name))],
  );
  return views.map(({ name }) => name);
}
