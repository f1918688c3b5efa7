import type { ConnectorContext } from "../../sdk/context.js";
import { ConfigError } from "../../sdk/errors.js";
import type { PostgresClient } from "../../sdk/sql/postgres/connect.js";
import { quoteIdentifier, quoteTable } from "../../sdk/sql/postgres/identifiers.js";
import { queryColumns } from "../../sdk/sql/postgres/table-columns.js";
import type { PostgresConfig } from "./config.js";
import { queryText } from "./query-text.js";

/**
 * Looks at what may be read. A schema that the config names must be readable as a whole; without names it is enough that
 * something is, and what is not is logged.
 * @throws ConfigError with the GRANT statements that are missing
 */
export async function checkAccess(
  client: PostgresClient,
  config: PostgresConfig,
  { log }: Pick<ConnectorContext, "log">,
): Promise<void> {
  for (const query of Object.values(config.queries)) await queryColumns(client, queryText(query), config.arrays);
  const named = config.schemas;
  const { rows: schemas } = await client.query<SchemaRow>(schemasQuery, [named ?? null]);
  const missing = named?.find((name) => !schemas.some((schema) => schema.name === name));
  if (missing !== undefined) {
    throw new ConfigError("postgres.schema_missing", `there is no schema ${missing}`, {
      hint: "check the names under schemas",
    });
  }
  const closed = schemas.filter(({ usable, readable, tables }) => usable !== "t" || Number(readable) < Number(tables));
  if (closed.length === 0) return;
  const grants = closed.flatMap(grantsFor);
  const user = closed[0]!.user;
  const message = `${user} may not read everything in ${closed.map(({ name }) => name).join(", ")}`;
  const nothing = schemas.every(({ usable, readable }) => usable !== "t" || Number(readable) === 0);
  if (named !== undefined || (nothing && Object.keys(config.queries).length === 0)) {
    throw new ConfigError("postgres.no_grant", message, { hint: `let the owner run: ${grants.join("; ")};` });
  }
  log("warn", `${message}; those streams are left out`, { grants });
}

interface SchemaRow {
  readonly name: string;
  readonly user: string;
  readonly usable: string;
  readonly tables: string;
  readonly readable: string;
  /** One table that may not be read, where there is just one. */
  readonly only: string | null;
}

function grantsFor({ name, user, usable, tables, readable, only }: SchemaRow): string[] {
  const schema = quoteIdentifier(name);
  const role = quoteIdentifier(user);
  const tablesGranted =
    only === null ? `ALL TABLES IN SCHEMA ${schema}` : `TABLE ${quoteTable({ schema: name, name: only })}`;
  return [
    ...(usable === "t" ? [] : [`GRANT USAGE ON SCHEMA ${schema} TO ${role}`]),
    ...(readable === tables ? [] : [`GRANT SELECT ON ${tablesGranted} TO ${role}`]),
  ];
}

const schemasQuery = `
  select n.nspname as name, current_user as user, pg_catalog.has_schema_privilege(n.oid, 'USAGE') as usable,
         count(c.oid) as tables, count(c.oid) filter (where readable) as readable,
         case when count(*) filter (where not readable) = 1 then min(c.relname) filter (where not readable) end as only
  from pg_catalog.pg_namespace n
  left join pg_catalog.pg_class c
         on c.relnamespace = n.oid and c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
  cross join lateral (select pg_catalog.has_any_column_privilege(c.oid, 'SELECT') as readable) r
  where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and ($1::text[] is null or n.nspname = any($1))
  group by n.oid, n.nspname
  having $1::text[] is not null or count(c.oid) > 0`;
