import { ConfigError, type Json, type Stream, streamId } from "../../sdk/index.js";
import { cursorCandidates } from "../../sdk/schema/cursor-candidates.js";
import type { Connection } from "../../sdk/sql/duckdb/database.js";
import { queryRows } from "../../sdk/sql/duckdb/query-rows.js";
import type { DuckdbConfig } from "./config.js";
import { type DuckColumn, duckColumn, type Relation } from "./relation.js";

/** What may be read: tables, views and the configured queries. Sluice's own tables and columns are left out. */
export async function discoverStreams(
  connection: Connection,
  config: DuckdbConfig,
  patterns: readonly string[] | undefined,
): Promise<Stream[]> {
  const relations = [...(await tables(connection)), ...(await queries(connection, config))];
  return relations.map(streamOf).filter((stream) => isWanted(streamId(stream), patterns));
}

/** A stream's relation as it is now; undefined where there is none. */
export async function findRelation(
  connection: Connection,
  config: DuckdbConfig,
  stream: Pick<Stream, "name" | "namespace">,
): Promise<Relation | undefined> {
  const relations = stream.namespace === undefined ? await queries(connection, config) : await tables(connection);
  return relations.find(({ name, schema }) => name === stream.name && schema === stream.namespace);
}

async function tables(connection: Connection): Promise<Relation[]> {
  const { rows } = await queryRows(
    connection,
    `SELECT c.schema_name, c.table_name, t.table_oid IS NOT NULL, t.estimated_size, k.constraint_column_names,
            list([c.column_name, c.data_type, c.is_nullable::VARCHAR] ORDER BY c.column_index)
     FROM duckdb_columns() AS c
     LEFT JOIN duckdb_tables() AS t USING (database_oid, schema_oid, table_oid)
     LEFT JOIN duckdb_constraints() AS k
       ON k.database_oid = c.database_oid AND k.table_oid = c.table_oid AND k.schema_oid = c.schema_oid
          AND k.constraint_type = 'PRIMARY KEY'
     WHERE c.database_name = current_database() AND NOT c.internal
       AND NOT starts_with(c.column_name, '_sluice_') AND NOT starts_with(c.table_name, '_sluice_')
     GROUP BY ALL ORDER BY ALL`,
    [],
  );
  return rows.map(([schema, name, isTable, estimated, key, columns]) => ({
    name: String(name),
    schema: String(schema),
    isTable: isTable === true,
    columns: columnsOf(columns!),
    primaryKey: Array.isArray(key) ? key.map(String) : [],
    estimatedRows: typeof estimated === "number" ? estimated : undefined,
  }));
}

/** @throws ConfigError `stream.unknown` */
export async function requireRelation(
  connection: Connection,
  config: DuckdbConfig,
  stream: Pick<Stream, "name" | "namespace">,
): Promise<Relation> {
  const relation = await findRelation(connection, config, stream);
  if (relation !== undefined) return relation;
  throw new ConfigError("stream.unknown", `${streamId(stream)} is not in ${config.path}`, {
    stream: streamId(stream),
    hint: "discover the source to see what it has",
  });
}

function columnsOf(facts: Json): DuckColumn[] {
  const columns = facts as readonly (readonly [string, string, string])[];
  return columns.map(([name, type, nullable]) => duckColumn(name, type, nullable === "true"));
}

async function queries(connection: Connection, { queries }: DuckdbConfig): Promise<Relation[]> {
  const relations: Relation[] = [];
  for (const [name, query] of Object.entries(queries)) {
    const { rows } = await queryRows(connection, `DESCRIBE ${statement(query)}`, []);
    const columns = rows.map(([column, type]) => duckColumn(String(column), String(type), true));
    relations.push({ name, schema: undefined, isTable: false, columns, primaryKey: [], estimatedRows: undefined });
  }
  return relations;
}

/** A query as it can stand in another: in parentheses, a comment at its end closed. */
export function statement(query: string): string {
  return `(${query.trim().replace(/;\s*$/, "")}\n)`;
}

function streamOf({ name, schema, columns, primaryKey, estimatedRows }: Relation): Stream {
  const cursorFields = cursorCandidates(columns, primaryKey);
  return {
    name,
    ...(schema === undefined ? {} : { namespace: schema }),
    columns,
    primaryKey,
    cursorFields,
    readModes: ["full_refresh", "incremental"],
    ...(estimatedRows === undefined ? {} : { estimatedRows }),
  };
}

/** Whether a stream's name fits one of the patterns; `*` stands for any characters. */
function isWanted(stream: string, patterns: readonly string[] | undefined): boolean {
  if (patterns === undefined) return true;
  return patterns.some((pattern) => {
    const literal = pattern.split("*").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${literal.join(".*")}$`, "s").test(stream);
  });
}
