import { quoteIdentifier, quoteTable } from "../../sdk/sql/postgres/identifiers.js";
import type { TableName } from "./relation.js";
import type { StrategyContext } from "./strategy.js";

/**
 * Gives a new table what people have put on the old one: owner, grants, comments, indexes, primary key and unique
 * constraints. What does not fit the new columns is left out and said. Returns what remains to be done once the old
 * table is gone: names are free only then.
 */
export async function copyAttributes(
  context: StrategyContext,
  built: TableName,
  old: number,
): Promise<() => Promise<void>> {
  const { session, table, log } = context;
  const renames: string[] = [];
  const statements = await session.rows<{ what: string; statement: string; name: string | null }>(attributesQuery, [
    old,
    quoteTable(built),
    `_sluice_${built.name.slice(-16)}_`,
  ]);
  await session.run(`comment on table ${quoteTable(built)} is null`);
  for (const { what, statement, name } of statements) {
    await session.run("savepoint attribute");
    try {
      await session.run(statement);
      if (name !== null) renames.push(name);
    } catch (error) {
      await session.run("rollback to savepoint attribute");
      log(
        "warn",
        `${what} of ${quoteTable(table)} is not kept: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
  const prefix = `alter index ${quoteIdentifier(built.schema)}.`;
  return async () => {
    for (const rename of renames) await session.run(`${prefix}${rename}`);
  };
}

/**
 * Statements that copy what table $1 has to table $2, whose indexes get temporary names that begin with $3; `name` is the
 * rest of the ALTER INDEX that gives one its own name. Renaming the index of a constraint renames the constraint.
 */
const attributesQuery = `
  with old as (select c.*, n.nspname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = $1),
  indexes as (
    select i.indexrelid, i.indisclustered, x.relname, con.oid as constraint_id, i.indisprimary,
           $3 || row_number() over (order by i.indexrelid) as temporary,
           format('CREATE %sINDEX %I ON %s.%s ', case when i.indisunique then 'UNIQUE ' else '' end, x.relname,
                  quote_ident(old.nspname), quote_ident(old.relname)) as head,
           pg_catalog.pg_get_indexdef(i.indexrelid) as definition,
           format('CREATE %sINDEX %I ON %s ', case when i.indisunique then 'UNIQUE ' else '' end,
                  $3 || row_number() over (order by i.indexrelid), $2::text) as new_head
    from old join pg_catalog.pg_index i on i.indrelid = old.oid join pg_catalog.pg_class x on x.oid = i.indexrelid
    left join pg_catalog.pg_constraint con on con.conindid = i.indexrelid and con.contype in ('p', 'u') and con.conrelid = old.oid
    where i.indisvalid),
  statements as (
    select 1 as step, format('index %s', relname) as what,
           case when constraint_id is not null
                then format('alter table %s add constraint %I %s', $2::text, temporary, pg_catalog.pg_get_constraintdef(constraint_id))
                else new_head || substr(definition, length(head) + 1) end as statement,
           format('%I rename to %I', temporary, relname) as name
    from indexes where constraint_id is not null or starts_with(definition, head)
    union all
    select 2, 'comment', format('comment on table %s is %L', $2::text, description), null
    from pg_catalog.pg_description where classoid = 'pg_catalog.pg_class'::regclass and objoid = $1 and objsubid = 0
    union all
    select 2, format('comment on column %s', a.attname), format('comment on column %s.%I is %L', $2::text, a.attname, d.description), null
    from pg_catalog.pg_description d join pg_catalog.pg_attribute a on a.attrelid = d.objoid and a.attnum = d.objsubid
    where d.classoid = 'pg_catalog.pg_class'::regclass and d.objoid = $1 and d.objsubid > 0
    union all
    select 3, 'grant', format('grant %s on %s to %s%s', g.privilege_type, $2::text,
                case when g.grantee = 0 then 'public' else quote_ident(pg_catalog.pg_get_userbyid(g.grantee)) end,
                case when g.is_grantable then ' with grant option' else '' end), null
    from old, pg_catalog.aclexplode(old.relacl) g where g.grantee <> old.relowner
    union all
    select 3, format('grant on column %s', a.attname), format('grant %s (%I) on %s to %s%s', g.privilege_type, a.attname, $2::text,
                case when g.grantee = 0 then 'public' else quote_ident(pg_catalog.pg_get_userbyid(g.grantee)) end,
                case when g.is_grantable then ' with grant option' else '' end), null
    from pg_catalog.pg_attribute a, pg_catalog.aclexplode(a.attacl) g where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped
    union all
    select 4, 'owner', format('alter table %s owner to %I', $2::text, pg_catalog.pg_get_userbyid(old.relowner)), null
    from old where pg_catalog.pg_get_userbyid(old.relowner) <> current_user)
  select what, statement, name from statements order by step`;
