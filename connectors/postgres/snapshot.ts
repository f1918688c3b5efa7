import type { PostgresClient } from "../../sdk/sql/postgres/connect.js";
import { pinTransaction } from "../../sdk/sql/postgres/pin.js";
import { countOpenTransactions } from "./open-transactions.js";

/** What every statement of a read sees, and facts about the server that gives it. */
export interface Snapshot {
  /** `xmin:xmax:xip,…` of 64-bit transaction ids: transactions at or beyond xmax, and those of xip, are not visible. */
  readonly text: string;
  /** The id for `SET TRANSACTION SNAPSHOT`, by which other connections see the same; undefined where that is impossible. */
  readonly exported: string | undefined;
  /**
   * Whether nobody else had a transaction open when the snapshot was taken: then no row can become visible later that was
   * written, and stamped with a time, before. False where it is not known.
   */
  readonly quiet: boolean;
  /** See `ageOrigin`. */
  readonly ageOrigin: number;
  readonly serverVersion: number;
  /** What tells this server's history from every other's; undefined where the role may not ask. */
  readonly system: string | undefined;
  /** Whether the database says nothing about the encoding of its texts. */
  readonly unchecked: boolean;
}

/**
 * Begins the transaction of a read: everything in it comes from one snapshot.
 * @param backends process ids of our own backends, whose transactions write nothing
 */
export async function beginSnapshot(
  client: PostgresClient,
  exports: boolean,
  backends: ReadonlySet<number>,
): Promise<Snapshot> {
  const openBefore = await countOpenTransactions(client, backends);
  const before = ageOrigin((await client.query<{ age: string }>("select age('3'::xid) as age")).rows[0]!.age);
  await client.query(`begin isolation level repeatable read read only; ${pinTransaction}`);
  const { rows: taken } = await client.query<{ text: string }>("select txid_current_snapshot() as text");
  const text = taken[0]!.text;
  const openAfter = await countOpenTransactions(client, backends);
  const { rows } = await client.query<FactsRow>(factsQuery);
  const facts = rows[0]!;
  const standby = facts.standby === "t";
  const unchecked = facts.encoding === "SQL_ASCII";
  if (unchecked) await client.query(rawEncoding);
  const origin = ageOrigin(facts.age);
  const [xmin, xmax] = text.split(":");
  // A transaction that began and ended between the two counts shows in the next free id if it wrote anything.
  const idle = origin === before && xmin === xmax && Number(BigInt(xmax!) & 0xffff_ffffn) === origin;
  return {
    text,
    exported: exports && !standby ? await first(client, "select pg_export_snapshot() as value") : undefined,
    quiet: idle && openBefore === 0 && openAfter === 0 && !standby,
    ageOrigin: origin,
    serverVersion: Number(facts.version),
    system:
      facts.controls === "t"
        ? await first(client, "select system_identifier as value from pg_catalog.pg_control_system()")
        : undefined,
    unchecked,
  };
}

interface FactsRow {
  readonly age: string;
  readonly standby: string;
  readonly version: string;
  readonly encoding: string;
  readonly controls: string;
}

const factsQuery = `
  select age('3'::xid) as age, pg_is_in_recovery() as standby, current_setting('server_version_num') as version,
         current_setting('server_encoding') as encoding,
         has_function_privilege('pg_catalog.pg_control_system()', 'execute') as controls`;

async function first(client: PostgresClient, query: string): Promise<string | undefined> {
  return (await client.query<{ value: string }>(query)).rows[0]?.value;
}

/** Makes another connection see a snapshot; returns that transaction's own `ageOrigin`. */
export async function joinSnapshot(client: PostgresClient, snapshot: Snapshot): Promise<number> {
  await client.query(
    `begin isolation level repeatable read read only; set transaction snapshot '${snapshot.exported}'; ${pinTransaction}`,
  );
  if (snapshot.unchecked) await client.query(rawEncoding);
  return ageOrigin((await client.query<{ age: string }>("select age('3'::xid) as age")).rows[0]!.age);
}

/**
 * The transaction id, modulo 2^32, that `age()` counts back from in this transaction: the server takes the next free one
 * when `age()` is first called, and keeps it until the transaction ends (GetStableLatestTransactionId in varsup.c).
 */
function ageOrigin(ageOfThree: string): number {
  return (Number(ageOfThree) + 3) >>> 0;
}

// The server would refuse a whole COPY for one bad text without naming it; the decoder names the row.
const rawEncoding = "set local client_encoding to 'SQL_ASCII'";
