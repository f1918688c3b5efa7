import type { Session } from "./session.js";

/** A view that stands directly on a table. */
export interface DependentView {
  /** Quoted. */
  readonly name: string;
  /** Says again what it is: run when its table's name belongs to another table, it stands on that one. */
  readonly statement: string;
}

/**
 * The plain views of a table. CREATE OR REPLACE keeps a view's identity: its grants, comments, triggers and the views
 * upon it.
 */
export async function dependentViews(session: Session, oid: number): Promise<DependentView[]> {
  // With nothing on the search path, definitions name every relation in full.
  await session.run("set local search_path = pg_catalog");
  return session.rows<{ name: string; statement: string }>(
    `select name, format('create or replace view %s%s as %s', name,
                         ' with (' || array_to_string(options, ', ') || ')', pg_catalog.pg_get_viewdef(oid)) as statement
     from (
       select distinct v.oid, format('%I.%I', n.nspname, v.relname) as name, v.reloptions as options
       from pg_catalog.pg_depend d
       join pg_catalog.pg_rewrite r on r.oid = d.objid and r.rulename = '_RETURN'
       join pg_catalog.pg_class v on v.oid = r.ev_class and v.relkind = 'v'
       join pg_catalog.pg_namespace n on n.oid = v.relnamespace
       where d.classid = 'pg_catalog.pg_rewrite'::regclass and d.deptype = 'n'
         and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = $1) views
     order by oid`,
    [oid],
  );
}
