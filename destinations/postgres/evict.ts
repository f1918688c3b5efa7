import type { StateKey } from "../../sdk/destination.js";
import { quoteLiteral } from "../../sdk/sql/postgres/identifiers.js";
import type { Session } from "./session.js";

/** The advisory lock that a writer holds while a load is open. */
function loadLock({ schema, connection, stream }: StateKey): string {
  return `hashtextextended(${quoteLiteral(`sluice load ${JSON.stringify([schema, connection, stream])}`)}, 0)`;
}

/**
 * Takes the lock of a load, inside its transaction. Whoever holds it was fenced before: a run that was stopped or cut
 * off and still has tables locked. Its connection is closed.
 */
export async function takeLoadLock(session: Session, key: StateKey): Promise<void> {
  const [free] = await session.rows<{ taken: string }>(`select pg_try_advisory_xact_lock(${loadLock(key)}) as taken`);
  if (free?.taken === "t") return;
  await evictFencedWriter(session, key);
  await session.run(`select pg_advisory_xact_lock(${loadLock(key)})`);
}

/** Closes the connection of an earlier writer whose load is still open: it is fenced, or about to be. */
export async function evictFencedWriter(session: Session, key: StateKey): Promise<void> {
  await session.run(
    `select pg_terminate_backend(l.pid) from pg_catalog.pg_locks l, (select ${loadLock(key)} as id) lock
     where l.locktype = 'advisory' and l.objsubid = 1 and l.granted and l.pid <> pg_backend_pid()
       and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
       and l.classid = ((lock.id >> 32) & 4294967295)::oid and l.objid = (lock.id & 4294967295)::oid`,
  );
}
