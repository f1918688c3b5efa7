import { ConfigError } from "../../sdk/errors.js";
import { type Stream, streamId } from "../../sdk/schema/stream.js";
import type { PostgresClient } from "../../sdk/sql/postgres/connect.js";
import { quoteTable } from "../../sdk/sql/postgres/identifiers.js";
import { type CatalogColumn, queryColumns, tableColumns } from "../../sdk/sql/postgres/table-columns.js";
import type { PostgresConfig } from "./config.js";
import { queryText } from "./query-text.js";

/** What a stream is read from, as the snapshot of the read sees it. */
export interface Relation {
  /** The stream as `namespace.name`. */
  readonly stream: string;
  /** What stands behind FROM, without an alias. */
  readonly from: string;
  readonly columns: readonly CatalogColumn[];
  /** Undefined for a query. */
  readonly oid: number | undefined;
  /** Whether its rows say by which transaction they were written (xmin): tables do, views and foreign tables do not. */
  readonly versioned: boolean;
  /** The heap tables whose rows these are, where each may be read by itself; undefined where only the whole may. */
  readonly heaps: readonly Heap[] | undefined;
}

/** A table with storage of its own: a table, or a partition of one. */
export interface Heap {
  readonly oid: number;
  readonly from: string;
  /** The file of the storage: another one after TRUNCATE, VACUUM FULL or a rewriting ALTER TABLE. */
  readonly fileNode: number;
  readonly blocks: number;
}

/** @throws ConfigError `postgres.table_missing` or `postgres.query_missing` */
export async function findRelation(client: PostgresClient, config: PostgresConfig, stream: Stream): Promise<Relation> {
  const id = streamId(stream);
  if (stream.namespace === undefined) {
    const query = config.queries[stream.name];
    if (query === undefined) {
      throw new ConfigError("postgres.query_missing", `${id}: the source has no query of this name`, {
        hint: "name it under queries, or write schema.table for a table",
        stream: id,
      });
    }
    const text = queryText(query);
    const columns = await queryColumns(client, text, config.arrays);
    return { stream: id, from: `(${text})`, columns, oid: undefined, versioned: false, heaps: undefined };
  }
  const { rows } = await client.query<RelationRow>(relationQuery, [stream.namespace, stream.name]);
  const row = rows[0];
  if (row === undefined) {
    throw new ConfigError("postgres.table_missing", `${id}: there is no such table or view`, {
      hint: "it may have been dropped or renamed: discover the source again",
      stream: id,
    });
  }
  const oid = Number(row.oid);
  return {
    stream: id,
    from: quoteTable({ schema: stream.namespace, name: stream.name }),
    columns: (await tableColumns(client, [oid], config.arrays)).get(oid) ?? [],
    oid,
    ...(row.kind === "r" || row.kind === "p" ? await findHeaps(client, oid) : { versioned: false, heaps: undefined }),
  };
}

interface RelationRow {
  readonly oid: string;
  readonly kind: string;
}

const relationQuery = `
  select c.oid, c.relkind as kind
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p', 'v', 'm', 'f')`;

interface HeapRow {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  readonly kind: string;
  readonly file_node: string;
  readonly blocks: string;
  readonly heap: string;
  readonly alone: string;
}

/** The table and everything below it; one that may not be read by itself, or stands under row security, keeps them whole. */
async function findHeaps(client: PostgresClient, oid: number): Promise<Pick<Relation, "versioned" | "heaps">> {
  const { rows } = await client.query<HeapRow>(heapsQuery, [oid]);
  const stored = rows.filter(({ kind }) => kind !== "p");
  const versioned = stored.every(({ heap }) => heap === "t");
  if (!versioned || rows.some(({ alone }) => alone !== "t")) return { versioned, heaps: undefined };
  const heaps = stored.map((row) => ({
    oid: Number(row.oid),
    from: `only ${quoteTable(row)}`,
    fileNode: Number(row.file_node),
    blocks: Number(row.blocks),
  }));
  return { versioned, heaps };
}

const heapsQuery = `
  with recursive tree(oid) as (
    select $1::oid
    union
    select i.inhrelid from tree join pg_catalog.pg_inherits i on i.inhparent = tree.oid)
  select c.oid, n.nspname as schema, c.relname as name, c.relkind as kind,
         coalesce(pg_catalog.pg_relation_filenode(c.oid), 0) as file_node,
         coalesce(pg_catalog.pg_relation_size(c.oid), 0) / current_setting('block_size')::int as blocks,
         (c.relkind = 'r' and c.relam = (select oid from pg_catalog.pg_am where amname = 'heap')) as heap,
         (not c.relrowsecurity and pg_catalog.has_schema_privilege(n.oid, 'USAGE')
          and pg_catalog.has_table_privilege(c.oid, 'SELECT')) as alone
  from tree join pg_catalog.pg_class c using (oid) join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  order by c.oid`;
