import type { Column } from "../../schema/stream.js";
import type { PostgresClient } from "./connect.js";
import { type Transfer, typeMapping } from "./types.js";

/** A column of a table in the catalog. */
export interface TableColumn extends Column {
  /** Identity that survives a rename: `<relation oid>.<attnum>`. */
  readonly id: string;
  readonly transfer: Transfer;
}

/**
 * The columns of relations, in their order, by the relation's oid: only the catalog tables themselves are read, and of
 * them only what belongs to these relations.
 */
export async function tableColumns(
  client: PostgresClient,
  relations: readonly number[],
  arrays: "list" | "text" = "list",
): Promise<Map<number, TableColumn[]>> {
  const { rows } = await client.query<ColumnRow>(columnsQuery, [`{${relations.join(",")}}`]);
  const byRelation = new Map<number, TableColumn[]>();
  for (const row of rows) {
    const relation = Number(row.relation);
    const columns = byRelation.get(relation) ?? [];
    byRelation.set(relation, columns);
    const { type, transfer } = typeMapping(
      { oid: Number(row.type), typmod: Number(row.typmod), elementOid: Number(row.element) },
      arrays,
    );
    columns.push({
      name: row.name,
      type,
      nullable: row.not_null !== "t",
      id: `${row.relation}.${row.number}`,
      native: { system: "postgres", type: row.native },
      transfer,
    });
  }
  return byRelation;
}

interface ColumnRow {
  readonly relation: string;
  readonly number: string;
  readonly name: string;
  readonly not_null: string;
  readonly type: string;
  readonly typmod: string;
  readonly element: string;
  readonly native: string;
}

// A domain's own typmod is -1: the one that counts stands where the domain names its base type.
const columnsQuery = `
  with recursive domain(id, base, typmod) as (
    select oid, typbasetype, typtypmod from pg_catalog.pg_type where typtype = 'd'
    union all
    select d.id, t.typbasetype, case when d.typmod = -1 then t.typtypmod else d.typmod end
    from domain d join pg_catalog.pg_type t on t.oid = d.base and t.typtype = 'd')
  select a.attrelid as relation, a.attnum as number, a.attname as name, a.attnotnull as not_null,
         t.oid as type, coalesce(d.typmod, a.atttypmod) as typmod,
         case when t.typlen = -1 and t.typinput = 'pg_catalog.array_in'::regproc then t.typelem else 0 end as element,
         pg_catalog.format_type(t.oid, coalesce(d.typmod, a.atttypmod)) as native
  from pg_catalog.pg_attribute a
  left join (select domain.* from domain join pg_catalog.pg_type b on b.oid = domain.base where b.typtype <> 'd') d
         on d.id = a.atttypid
  join pg_catalog.pg_type t on t.oid = coalesce(d.base, a.atttypid)
  where a.attrelid = any($1::oid[]) and a.attnum > 0 and not a.attisdropped
  order by a.attrelid, a.attnum`;
