import { setTimeout as sleep } from "node:timers/promises";
import { TransientError } from "../../sdk/errors.js";
import { quoteTable } from "../../sdk/sql/postgres/identifiers.js";
import type { StrategyContext } from "./strategy.js";

/** A request that waits lets nobody past: it may stand only this long at a time, so that readers go on. */
const requestMillis = 100;
const pauseMillis = 200;

/**
 * Locks relations against everyone, inside a transaction: views before the table they stand on, as their readers do.
 * @throws TransientError `destination.locked` that names who holds it
 */
export async function lockExclusively(context: StrategyContext, relations: readonly string[]): Promise<void> {
  const { session, lockTimeoutSeconds } = context;
  const deadline = Date.now() + lockTimeoutSeconds * 1000;
  for (;;) {
    await session.run(`savepoint before_lock; set local lock_timeout = ${requestMillis}`);
    try {
      await session.run(`lock table ${relations.join(", ")} in access exclusive mode`);
      await session.run(`set local lock_timeout = ${lockTimeoutSeconds * 1000}; release savepoint before_lock`);
      return;
    } catch (error) {
      if (!isLockTimeout(error)) throw error;
      await session.run("rollback to savepoint before_lock");
      if (Date.now() < deadline) {
        await sleep(pauseMillis);
        continue;
      }
      throw await lockedBy(context, error);
    }
  }
}

export function isLockTimeout(error: unknown): boolean {
  return error instanceof TransientError && error.code === "postgres.lock_timeout";
}

/** The error of a lock that was not granted in time, naming who holds the table. */
export async function lockedBy(
  { session, table, target, lockTimeoutSeconds }: StrategyContext,
  cause: unknown,
): Promise<TransientError> {
  const rows = await session.rows<{ holder: string }>(
    `select distinct format('process %s, user %s%s, %s since %s', a.pid, a.usename,
              case when a.application_name = '' then '' else format(', application %s', a.application_name) end,
              a.state, to_char(a.xact_start, 'HH24:MI:SS')) as holder
     from pg_catalog.pg_locks l join pg_catalog.pg_stat_activity a on a.pid = l.pid
     where l.relation = to_regclass($1) and l.granted and l.pid <> pg_backend_pid() limit 3`,
    [quoteTable(table)],
  );
  const holders = rows.length === 0 ? "" : ` by ${rows.map(({ holder }) => holder).join("; ")}`;
  return new TransientError(
    "destination.locked",
    `${target.stream}: table ${quoteTable(table)} was locked for ${lockTimeoutSeconds} s${holders}`,
    { stream: target.stream, cause, hint: "let that session end its transaction, or raise lock_timeout" },
  );
}
