import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

/** A fresh, empty database on a server, replacing one of that name; returns its URL. */
export async function createDatabase(url: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const quoted = client.escapeIdentifier(name);
  await client.query(`drop database if exists ${quoted} with (force)`);
  await client.query(`create database ${quoted} template template0`);
  await client.end();
  const database = new URL(url);
  database.pathname = `/${encodeURIComponent(name)}`;
  return database.href;
}

/**
 * Waits until every transaction of the server that began before now has ended. While one is open, an incremental read
 * takes what was committed meanwhile for not seen, and the next one reads it again.
 */
export async function olderTransactionsEnded(client: pg.Client): Promise<void> {
  const now = (await client.query("select pg_current_xact_id()::text as id")).rows[0].id;
  const ended = "select pg_snapshot_xmin(pg_current_snapshot()) > $1::xid8 as ended";
  while (!(await client.query(ended, [now])).rows[0].ended) await sleep(20);
}
