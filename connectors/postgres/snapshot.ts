import type { PostgresClient } from "../../sdk/sql/postgres/connect.js";

/** What every statement of a read sees, and facts about the server that gives it. */
export interface Snapshot {
  /** `xmin:xmax:xip,…` of 64-bit transaction ids: transactions at or beyond xmax, and those of xip, are not visible. */
  readonly text: string;
  /** The id for `SET TRANSACTION SNAPSHOT`, by which other connections see the same; undefined where that is impossible. */
  readonly exported: string | undefined;
  /** See `ageOrigin`. */
  readonly ageOrigin: number;
  readonly serverVersion: number;
  /** Whether the database says nothing about the encoding of its texts. */
  readonly unchecked: boolean;
  readonly standby: boolean;
}

/** Begins the transaction of a read: everything in it comes from one snapshot. */
export async function beginSnapshot(client: PostgresClient, exports: boolean): Promise<Snapshot> {
  await client.query("begin isolation level repeatable read read only");
  const { rows } = await client.query<Record<string, string>>(
    `select txid_current_snapshot() as text, age('3'::xid) as age, pg_is_in_recovery() as standby,
            current_setting('server_version_num') as version, current_setting('server_encoding') as encoding`,
  );
  const row = rows[0]!;
  const standby = row.standby === "t";
  const unchecked = row.encoding === "SQL_ASCII";
  if (unchecked) await client.query(rawEncoding);
  const exported =
    exports && !standby ? (await client.query("select pg_export_snapshot() as id")).rows[0]?.id : undefined;
  return {
    text: row.text!,
    exported,
    ageOrigin: ageOrigin(row.age!),
    serverVersion: Number(row.version),
    unchecked,
    standby,
  };
}

/** Makes another connection see a snapshot; returns that transaction's own `ageOrigin`. */
export async function joinSnapshot(client: PostgresClient, snapshot: Snapshot): Promise<number> {
  await client.query("begin isolation level repeatable read read only");
  await client.query(`set transaction snapshot '${snapshot.exported}'`);
  if (snapshot.unchecked) await client.query(rawEncoding);
  const { rows } = await client.query<{ age: string }>("select age('3'::xid) as age");
  return ageOrigin(rows[0]!.age);
}

/**
 * The transaction id, modulo 2^32, that `age()` counts back from in this transaction: the server takes the next free one
 * when `age()` is first called, and keeps it until the transaction ends.
 */
function ageOrigin(ageOfThree: string): number {
  return (Number(ageOfThree) + 3) >>> 0;
}

// The server would refuse a whole COPY for one bad text without naming it; the decoder names the row.
const rawEncoding = "set local client_encoding to 'SQL_ASCII'";
