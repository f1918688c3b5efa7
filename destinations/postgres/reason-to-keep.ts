import type { Session } from "./session.js";

/** What stands on a table, or is bound to it, and would be lost with it. Plain views are not: they can be moved. */
export interface ReasonToKeep {
  readonly text: string;
  /** For every foreign key of another table: the columns of this one that it refers to. */
  readonly referencedKeys: readonly (readonly string[])[];
}

/** Why a table must keep its identity; undefined where another may take its place. */
export async function reasonToKeep(session: Session, oid: number): Promise<ReasonToKeep | undefined> {
  const reasons = await session.rows<{ reason: string }>(
    `select 'materialised views, rules or functions stand on it' as reason where exists(
       select from pg_catalog.pg_depend d
       where d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = $1
         and d.deptype = 'n' and d.classid <> 'pg_catalog.pg_constraint'::regclass
         and not exists(select from pg_catalog.pg_rewrite r join pg_catalog.pg_class v on v.oid = r.ev_class
                        where d.classid = 'pg_catalog.pg_rewrite'::regclass and r.oid = d.objid
                          and r.rulename = '_RETURN' and v.relkind = 'v'))
     union all select 'foreign keys refer to it' where exists(
       select from pg_catalog.pg_constraint where contype = 'f' and confrelid = $1)
     union all select 'it has foreign keys or checks' where exists(
       select from pg_catalog.pg_constraint where contype in ('f', 'c', 'x') and conrelid = $1)
     union all select 'it has triggers' where exists(
       select from pg_catalog.pg_trigger where tgrelid = $1 and not tgisinternal)
     union all select 'it has row security' where exists(
       select from pg_catalog.pg_class where oid = $1 and (relrowsecurity or exists(select from pg_catalog.pg_policy where polrelid = $1)))
     union all select 'it is published' where exists(
       select from pg_catalog.pg_publication_rel where prrelid = $1)
     union all select 'it has defaults or computed columns' where exists(
       select from pg_catalog.pg_attribute where attrelid = $1 and attnum > 0 and not attisdropped and (atthasdef or attidentity <> ''))
     union all select 'it is partitioned or inherited' where exists(
       select from pg_catalog.pg_class where oid = $1 and (relkind = 'p' or relispartition))
       or exists(select from pg_catalog.pg_inherits where inhparent = $1 or inhrelid = $1)`,
    [oid],
  );
  if (reasons.length === 0) return undefined;
  const keys = await session.rows<{ columns: string }>(
    `select to_json(array(
       select a.attname::text from unnest(c.confkey) with ordinality k(attnum, position)
       join pg_catalog.pg_attribute a on a.attrelid = c.confrelid and a.attnum = k.attnum order by k.position)) as columns
     from pg_catalog.pg_constraint c where c.contype = 'f' and c.confrelid = $1 and c.conparentid = 0`,
    [oid],
  );
  return {
    text: reasons.map(({ reason }) => reason).join(", "),
    referencedKeys: keys.map(({ columns }) => JSON.parse(columns) as string[]),
  };
}
