import type { Column } from "../../schema/stream.js";
import type { PostgresClient } from "./connect.js";
import { type Transfer, typeMapping } from "./types.js";

/** A column of a relation or a query, with how it is read. */
export interface CatalogColumn extends Column {
  readonly native: { readonly system: "postgres"; readonly type: string };
  readonly transfer: Transfer;
  /** The type's oid as it is sent; an array's is its element's. */
  readonly oid: number;
}

/** A column as a stream has it. */
export function plainColumn({ transfer: _, oid: __, ...column }: CatalogColumn): Column {
  return column;
}

/**
 * The columns of relations, in their order, by the relation's oid; `id` is `<relation oid>.<attnum>`, which survives a
 * rename. Only the catalog tables themselves are read, and of them only what belongs to these relations.
 */
export async function tableColumns(
  client: PostgresClient,
  relations: readonly number[],
  arrays: "list" | "text" = "list",
): Promise<Map<number, CatalogColumn[]>> {
  const { rows } = await client.query<ColumnRow>(columnsQuery, [`{${relations.join(",")}}`]);
  const byRelation = new Map<number, CatalogColumn[]>();
  for (const row of rows) {
    const relation = Number(row.relation);
    const columns = byRelation.get(relation) ?? [];
    byRelation.set(relation, columns);
    columns.push({
      ...catalogColumn(row, arrays),
      nullable: row.not_null !== "t",
      id: `${row.relation}.${row.number}`,
    });
  }
  return byRelation;
}

/** The columns a SELECT gives; the server plans it and reads no row. */
export async function queryColumns(
  client: PostgresClient,
  query: string,
  arrays: "list" | "text" = "list",
): Promise<CatalogColumn[]> {
  const { fields } = await client.query({ text: `select * from (${query}) q limit 0`, rowMode: "array" });
  const types = fields.map(({ dataTypeID }) => dataTypeID).join(",");
  const typmods = fields.map(({ dataTypeModifier }) => dataTypeModifier).join(",");
  const { rows } = await client.query<TypeRow>(typesQuery, [`{${types}}`, `{${typmods}}`]);
  return rows.map((row, index) => catalogColumn({ ...row, name: fields[index]!.name }, arrays));
}

function catalogColumn(row: TypeRow & { readonly name: string }, arrays: "list" | "text"): CatalogColumn {
  const type = { oid: Number(row.type), typmod: Number(row.typmod), elementOid: Number(row.element) };
  return {
    name: row.name,
    ...typeMapping(type, arrays),
    nullable: true,
    native: { system: "postgres", type: row.native },
    oid: type.elementOid === 0 ? type.oid : type.elementOid,
  };
}

interface TypeRow {
  readonly type: string;
  readonly typmod: string;
  readonly element: string;
  readonly native: string;
}

interface ColumnRow extends TypeRow {
  readonly relation: string;
  readonly number: string;
  readonly name: string;
  readonly not_null: string;
}

// oidvector and its like have elements too, but are no arrays.
const element = "case when t.typlen = -1 and t.typinput = 'pg_catalog.array_in'::regproc then t.typelem else 0 end";

const typesQuery = `
  select t.oid as type, f.typmod, ${element} as element, pg_catalog.format_type(t.oid, f.typmod) as native
  from unnest($1::oid[], $2::int4[]) with ordinality f(type, typmod, position)
  join pg_catalog.pg_type t on t.oid = f.type
  order by f.position`;

// A domain's own typmod is -1: the one that counts stands where the domain names its base type.
const columnsQuery = `
  with recursive domain(id, base, typmod) as (
    select oid, typbasetype, typtypmod from pg_catalog.pg_type where typtype = 'd'
    union all
    select d.id, t.typbasetype, case when d.typmod = -1 then t.typtypmod else d.typmod end
    from domain d join pg_catalog.pg_type t on t.oid = d.base and t.typtype = 'd')
  select a.attrelid as relation, a.attnum as number, a.attname as name, a.attnotnull as not_null,
         t.oid as type, coalesce(d.typmod, a.atttypmod) as typmod,
         ${element} as element,
         pg_catalog.format_type(t.oid, coalesce(d.typmod, a.atttypmod)) as native
  from pg_catalog.pg_attribute a
  left join (select domain.* from domain join pg_catalog.pg_type b on b.oid = domain.base where b.typtype <> 'd') d
         on d.id = a.atttypid
  join pg_catalog.pg_type t on t.oid = coalesce(d.base, a.atttypid)
  where a.attrelid = any($1::oid[]) and a.attnum > 0 and not a.attisdropped
  order by a.attrelid, a.attnum`;
