import { ConfigError } from "../../sdk/errors.js";
import type { PostgresClient } from "../../sdk/sql/postgres/connect.js";
import { quoteIdentifier, quoteTable } from "../../sdk/sql/postgres/identifiers.js";
import type { PostgresConfig } from "./config.js";

/**
 * Tells a stream that is not there from one that the user may not see: everybody may look into the catalog.
 * @param ids streams, as `schema.table`, that were asked for and not found
 * @throws ConfigError `postgres.no_grant` with the GRANT statements that are missing
 */
export async function refuseUnreadable(
  client: PostgresClient,
  { schemas }: Pick<PostgresConfig, "schemas">,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  const { rows } = await client.query<UnreadableRow>(unreadableQuery, [ids, schemas ?? null]);
  const [first] = rows;
  if (first === undefined) return;
  const stream = `${first.schema}.${first.name}`;
  const grants = new Set(rows.flatMap(grantsFor));
  throw new ConfigError("postgres.no_grant", `${stream}: ${first.user} may not read it`, {
    hint: `let the owner run: ${[...grants].join("; ")};`,
    stream,
  });
}

interface UnreadableRow {
  readonly schema: string;
  readonly name: string;
  readonly user: string;
  readonly usable: string;
  readonly readable: string;
}

function grantsFor({ schema, name, user, usable, readable }: UnreadableRow): string[] {
  const role = quoteIdentifier(user);
  return [
    ...(usable === "t" ? [] : [`GRANT USAGE ON SCHEMA ${quoteIdentifier(schema)} TO ${role}`]),
    ...(readable === "t" ? [] : [`GRANT SELECT ON TABLE ${quoteTable({ schema, name })} TO ${role}`]),
  ];
}

const unreadableQuery = `
  select n.nspname as schema, c.relname as name, current_user as user, usable, readable
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  cross join lateral (select pg_catalog.has_schema_privilege(n.oid, 'USAGE') as usable,
                             pg_catalog.has_any_column_privilege(c.oid, 'SELECT') as readable) may
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition and not (usable and readable)
    and n.nspname || '.' || c.relname = any($1) and ($2::text[] is null or n.nspname = any($2))
  order by n.nspname, c.relname`;
