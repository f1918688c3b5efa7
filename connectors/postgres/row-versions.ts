import { DataError } from "../../sdk/errors.js";
import type { ReadSession } from "./read-session.js";
import type { ReadState } from "./read-state.js";
import type { Relation } from "./relation.js";

/*
 * Every row of a table says by its system column xmin which transaction wrote it, in 32 bits. What a snapshot did not see
 * are rows of transactions at or beyond its xmax, and of those before that were still open: so a row that is committed
 * late is found whatever its cursor says. `age()` counts from a known transaction id and is far cheaper than a cast.
 *
 * A row keeps its xmin when it is frozen, so one that was written 2^32 transactions earlier looks new, and comes again.
 */

/** xmin and xmax of `xmin:xmax:…`. */
function edges(snapshot: string): { readonly xmin: bigint; readonly xmax: bigint } {
  const [xmin, xmax] = snapshot.split(":");
  return { xmin: BigInt(xmin!), xmax: BigInt(xmax!) };
}

function age(origin: number, transaction: bigint): number {
  return (origin - Number(transaction & 0xffff_ffffn)) >>> 0;
}

/**
 * The condition that a row was not seen by the snapshot of a state. Where `exact` is not asked for, rows of transactions
 * that were committed while an older one was open count as not seen: the list of open transactions in a snapshot leaves
 * out subtransactions, so it cannot be trusted to tell.
 */
export function notSeen(state: ReadState & { readonly snapshot: string }, exact: boolean): (origin: number) => string {
  const { xmin } = edges(state.snapshot);
  const seen = exact ? state.seen : [];
  return (origin) => {
    const since = `age(xmin) between 0 and ${age(origin, xmin)}`;
    const others = seen.map(
      ([first, last]) => ` and age(xmin) not between ${age(origin, BigInt(last))} and ${age(origin, BigInt(first))}`,
    );
    return `${since}${others.join("")}`;
  };
}

/** The transactions, from the snapshot's xmin on, whose rows the snapshot sees in this table, as ranges. */
export async function seenTransactions({ client, relation, snapshot }: ReadSession): Promise<[string, string][]> {
  const { xmin, xmax } = edges(snapshot.text);
  if (xmin === xmax) return [];
  const { rows } = await client.query<{ age: string }>(
    `select distinct age(xmin) as age from ${relation.from} where age(xmin) between 0 and ${age(snapshot.ageOrigin, xmin)}`,
  );
  const oldest = BigInt(age(snapshot.ageOrigin, xmin));
  const transactions = rows.map((row) => xmin + oldest - BigInt(row.age)).sort((a, b) => (a < b ? -1 : 1));
  const ranges: [bigint, bigint][] = [];
  for (const transaction of transactions) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] + 1n === transaction) last[1] = transaction;
    else ranges.push([transaction, transaction]);
  }
  return ranges.map(([first, last]) => [String(first), String(last)]);
}

/** Transaction ids of 32 bits tell earlier from later only within half their range; a margin is left. */
const longestMemory = 2n ** 31n - 10_000_000n;

/**
 * Whether the snapshot of a state can be compared with this table's rows; false where so much has happened since that it
 * cannot, and everything must be read again.
 * @throws DataError where the table or the server is not the one the state speaks of, or rows could come twice
 */
export function snapshotUsable({ relation, snapshot, request }: ReadSession, state: ReadState): boolean {
  const { stream } = relation;
  if (state.snapshot === undefined) return false;
  if (state.system !== undefined && snapshot.system !== undefined && state.system !== snapshot.system) {
    throw stale("postgres.server_replaced", stream, "this is another server than the one the last read was from");
  }
  if (state.relation !== undefined && state.relation !== relation.oid) {
    throw stale("postgres.table_replaced", stream, "the table was dropped and created again since the last read");
  }
  const now = edges(snapshot.text);
  const saved = edges(state.snapshot);
  if (now.xmax < saved.xmax) {
    throw stale("postgres.history_lost", stream, "the server has gone back in time since the last read (restored?)");
  }
  if (now.xmax - saved.xmin < longestMemory) return true;
  if (request.rereads === "merged") return false;
  throw stale("postgres.state_too_old", stream, "more than two billion transactions have passed since the last read");
}

/** Where no row may come twice: a rewritten table shows every row as new. */
export async function refuseRewrittenTable(
  session: ReadSession,
  state: ReadState & { snapshot: string },
): Promise<void> {
  const { client, relation, snapshot } = session;
  if (state.file_node === undefined || state.file_node === fileNode(relation)) return;
  const seen = `not (${notSeen(state, true)(snapshot.ageOrigin)})`;
  const { rows } = await client.query<{ old: string; any: string }>(
    `select exists (select from ${relation.from} where ${seen}) as old, exists (select from ${relation.from}) as any`,
  );
  if (rows[0]!.old === "t" || rows[0]!.any !== "t") return;
  throw stale(
    "postgres.table_rewritten",
    relation.stream,
    "the table was rewritten since the last read, so that old rows cannot be told from new ones",
  );
}

/** The file of a table with one heap. */
export function fileNode({ heaps }: Relation): number | undefined {
  return heaps?.length === 1 ? heaps[0]!.fileNode : undefined;
}

function stale(code: string, stream: string, message: string): DataError {
  return new DataError(code, `${stream}: ${message}`, {
    hint: "reset the state of this stream to read it again from the beginning (with write: append its rows come again)",
    stream,
  });
}
