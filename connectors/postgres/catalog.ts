import { cursorCandidates } from "../../sdk/schema/cursor-candidates.js";
import { type Stream, streamId } from "../../sdk/schema/stream.js";
import type { DiscoverRequest } from "../../sdk/source.js";
import type { PostgresClient } from "../../sdk/sql/postgres/connect.js";
import { type CatalogColumn, plainColumn, queryColumns, tableColumns } from "../../sdk/sql/postgres/table-columns.js";
import type { PostgresConfig } from "./config.js";
import { queryText } from "./query-text.js";
import { refuseUnreadable } from "./refuse-unreadable.js";

/**
 * What may be read: relations whose columns the user may select, and the configured queries.
 * @throws ConfigError `postgres.no_grant` for a relation that is asked for by its name and may not be read
 */
export async function discoverStreams(
  client: PostgresClient,
  config: PostgresConfig,
  request: DiscoverRequest = {},
): Promise<Stream[]> {
  const relations = await findRelations(client, config, request.streams);
  const oids = relations.map(({ oid }) => Number(oid));
  const columns = await tableColumns(client, oids, config.arrays);
  const keys = await primaryKeys(client, oids);
  const partly = relations.filter(({ whole }) => whole !== "t").map(({ oid }) => Number(oid));
  const selectable = partly.length === 0 ? new Set<string>() : await selectableColumns(client, partly);
  const tables = relations.map((relation) => {
    const oid = Number(relation.oid);
    const all = columns.get(oid) ?? [];
    const readable = relation.whole === "t" ? all : all.filter(({ id }) => id !== undefined && selectable.has(id));
    const key = keys.get(oid) ?? [];
    const primaryKey = key.every((name) => readable.some((column) => column.name === name)) ? key : [];
    return {
      name: relation.name,
      namespace: relation.schema,
      ...described(readable, primaryKey),
      ...estimate("estimatedRows", relation.rows),
      ...estimate("estimatedBytes", relation.bytes),
    };
  });
  const streams = [...tables, ...(await queryStreams(client, config, request.streams))];
  const found = new Set(streams.map(streamId));
  const missing = (request.streams ?? []).filter((pattern) => !pattern.includes("*") && !found.has(pattern));
  await refuseUnreadable(client, config, missing);
  return streams;
}

function described(columns: readonly CatalogColumn[], primaryKey: readonly string[]) {
  return {
    columns: columns.map(plainColumn),
    primaryKey,
    cursorFields: cursorCandidates(columns, primaryKey),
    readModes: ["full_refresh", "incremental"] as const,
  };
}

/** The server says -1 where it has no statistics yet. */
function estimate(name: "estimatedRows" | "estimatedBytes", text: string | null): Partial<Stream> {
  return text === null || Number(text) < 0 ? {} : { [name]: Math.round(Number(text)) };
}

async function queryStreams(
  client: PostgresClient,
  { queries, arrays }: PostgresConfig,
  patterns: readonly string[] | undefined,
): Promise<Stream[]> {
  const streams: Stream[] = [];
  for (const [name, query] of Object.entries(queries)) {
    if (patterns !== undefined && !patterns.some((pattern) => matches(pattern, name))) continue;
    streams.push({ name, ...described(await queryColumns(client, queryText(query), arrays), []) });
  }
  return streams;
}

function matches(pattern: string, name: string): boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(name);
}

interface RelationRow {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  readonly whole: string;
  readonly rows: string | null;
  readonly bytes: string | null;
}

async function findRelations(
  client: PostgresClient,
  { schemas }: PostgresConfig,
  patterns: readonly string[] | undefined,
): Promise<RelationRow[]> {
  const exact = patterns?.every((pattern) => !pattern.includes("*")) === true;
  const { rows } = await client.query<RelationRow>(relationsQuery, [
    schemas ?? null,
    exact ? patterns.flatMap(tableNames) : null,
    patterns?.map((pattern) => pattern.replaceAll(/[\\%_]/g, "\\$&").replaceAll("*", "%")) ?? null,
  ]);
  return rows;
}

/** What may be the table's name in `schema.table`, whichever dot separates the two: names an index finds at once. */
function tableNames(id: string): string[] {
  const parts = id.split(".");
  return parts.slice(1).map((_, index) => parts.slice(index + 1).join("."));
}

// A partitioned table stands for its partitions, and its own statistics may be absent.
const relationsQuery = `
  select c.oid, n.nspname as schema, c.relname as name, pg_catalog.has_table_privilege(c.oid, 'SELECT') as whole,
         case c.relkind when 'v' then null when 'f' then c.reltuples when 'p' then p.rows else c.reltuples end as rows,
         case c.relkind when 'v' then null when 'f' then null when 'p' then p.bytes else pg_catalog.pg_relation_size(c.oid) end as bytes
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  left join lateral (
    select sum(greatest(l.reltuples, 0)) as rows, sum(pg_catalog.pg_relation_size(l.oid)) as bytes
    from pg_catalog.pg_partition_tree(c.oid) t join pg_catalog.pg_class l on l.oid = t.relid
    where c.relkind = 'p' and t.isleaf and l.relkind = 'r') p on true
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and ($1::text[] is null or n.nspname = any($1))
    and ($2::text[] is null or c.relname = any($2))
    and ($3::text[] is null or n.nspname || '.' || c.relname like any($3))
    and pg_catalog.has_schema_privilege(n.oid, 'USAGE') and pg_catalog.has_any_column_privilege(c.oid, 'SELECT')
  order by n.nspname, c.relname`;

async function primaryKeys(client: PostgresClient, oids: readonly number[]): Promise<Map<number, string[]>> {
  const { rows } = await client.query<{ relation: string; name: string }>(
    `select i.indrelid as relation, a.attname as name
     from pg_catalog.pg_index i
     cross join lateral unnest(i.indkey::int2[]) with ordinality k(attnum, position)
     join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
     where i.indisprimary and k.position <= i.indnkeyatts and i.indrelid = any($1::oid[])
     order by i.indrelid, k.position`,
    [`{${oids.join(",")}}`],
  );
  const keys = new Map<number, string[]>();
  for (const { relation, name } of rows) keys.set(Number(relation), [...(keys.get(Number(relation)) ?? []), name]);
  return keys;
}

/** Ids of the columns that may be selected in relations which may not be selected as a whole. */
async function selectableColumns(client: PostgresClient, oids: readonly number[]): Promise<Set<string>> {
  const { rows } = await client.query<{ id: string }>(
    `select attrelid || '.' || attnum as id from pg_catalog.pg_attribute
     where attrelid = any($1::oid[]) and attnum > 0 and not attisdropped
       and pg_catalog.has_column_privilege(attrelid, attnum, 'SELECT')`,
    [`{${oids.join(",")}}`],
  );
  return new Set(rows.map(({ id }) => id));
}
