import { ConfigError } from "../../sdk/errors.js";
import { quoteIdentifier } from "../../sdk/sql/postgres/identifiers.js";
import type { Session } from "./session.js";

/**
 * Whether a sync may write: the server takes writes, and the role may create tables in the schema and temporary ones.
 * @throws ConfigError naming the grant that is missing
 */
export async function checkRights(session: Session, schema: string): Promise<void> {
  const [facts] = await session.rows<
    Record<"role" | "database" | "standby" | "exists" | "creates" | "uses" | "temporary", string>
  >(
    `select current_user as role, current_database() as database,
            pg_is_in_recovery() or current_setting('default_transaction_read_only')::boolean as standby,
            n.oid is not null as exists,
            coalesce(has_schema_privilege(n.oid, 'CREATE'), has_database_privilege(current_database(), 'CREATE')) as creates,
            coalesce(has_schema_privilege(n.oid, 'USAGE'), true) as uses,
            has_database_privilege(current_database(), 'TEMPORARY') as temporary
     from (select) one left join pg_catalog.pg_namespace n on n.nspname = $1`,
    [schema],
  );
  const { role, database, standby, exists, creates, uses, temporary } = facts!;
  if (standby === "t") {
    throw new ConfigError("destination.read_only", `${session.server} takes no writes`, {
      hint: "connect to the primary server, and check default_transaction_read_only",
    });
  }
  const grants: string[] = [];
  const [user, base, space] = [role, database, schema].map(quoteIdentifier);
  if (exists !== "t" && creates !== "t") grants.push(`GRANT CREATE ON DATABASE ${base} TO ${user}`);
  if (exists === "t" && (creates !== "t" || uses !== "t"))
    grants.push(`GRANT USAGE, CREATE ON SCHEMA ${space} TO ${user}`);
  if (temporary !== "t") grants.push(`GRANT TEMPORARY ON DATABASE ${base} TO ${user}`);
  if (grants.length === 0) return;
  throw new ConfigError(
    "destination.no_grant",
    `${session.server}: ${role} may not create tables in schema '${schema}'`,
    {
      hint: grants.join("; "),
    },
  );
}
