import type { PostgresClient } from "../../sdk/sql/postgres/connect.js";

/**
 * How many transactions are open now that could write: every transaction holds a lock on its own virtual id from its
 * first moment. Vacuum's are left out, and so are those of our own backends.
 */
export async function countOpenTransactions(client: PostgresClient, backends: ReadonlySet<number>): Promise<number> {
  const { rows } = await client.query<{ open: string }>(
    `select count(*) as open
     from pg_catalog.pg_locks l left join pg_catalog.pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'virtualxid' and l.mode = 'ExclusiveLock' and l.pid <> all($1::int[])
       and l.pid <> pg_catalog.pg_backend_pid()
       and coalesce(a.backend_type, '') not in ('autovacuum worker', 'parallel worker')`,
    [[...backends]],
  );
  return Number(rows[0]!.open);
}
