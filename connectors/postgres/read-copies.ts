import type { Batch, BatchLimits } from "../../sdk/batch/batch.js";
import { SystemError } from "../../sdk/errors.js";
import type { PostgresClient } from "../../sdk/sql/postgres/connect.js";
import { copyDecoder } from "../../sdk/sql/postgres/copy-decode.js";
import { copyOut } from "../../sdk/sql/postgres/copy-out.js";
import type { CatalogColumn } from "../../sdk/sql/postgres/table-columns.js";
import type { Connections } from "./connections.js";
import { mergeLanes } from "./merge-lanes.js";
import { joinSnapshot, type Snapshot } from "./snapshot.js";

export interface CopiesOptions {
  /** COPY statements, all with these columns; each is told the `ageOrigin` of the transaction that runs it. */
  readonly statements: readonly ((ageOrigin: number) => string)[];
  readonly columns: readonly CatalogColumn[];
  readonly stream: string;
  readonly primaryKey: readonly string[];
  readonly limits: BatchLimits;
  /** The connection that holds the snapshot. */
  readonly client: PostgresClient;
  readonly snapshot: Snapshot;
  readonly connections: Connections;
  readonly parallelism: number;
  readonly signal: AbortSignal;
}

/** A batch, or the index of a statement all of whose batches have been given. */
export type CopyEvent = { readonly batch: Batch } | { readonly finished: number };

/** Runs COPY statements under one snapshot, over as many connections as there may be; the batches come as they get full. */
export async function* readCopies(options: CopiesOptions): AsyncGenerator<CopyEvent, void> {
  const { statements, connections, snapshot, client } = options;
  const others = snapshot.exported === undefined ? 0 : Math.min(options.parallelism, statements.length) - 1;
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  let next = 0;

  async function* runLane(lane: PostgresClient, ageOrigin: number): AsyncGenerator<CopyEvent, void> {
    while (next < statements.length) {
      const index = next++;
      for await (const batch of readCopy(lane, statements[index]!(ageOrigin), options)) yield { batch };
      yield { finished: index };
    }
  }

  async function* runOtherLane(): AsyncGenerator<CopyEvent, void> {
    const lane = await connections.take(signal);
    let clean = false;
    try {
      yield* runLane(lane, await joinSnapshot(lane, snapshot));
      await lane.query("commit");
      clean = true;
    } finally {
      if (clean) connections.give(lane);
      else connections.drop(lane);
    }
  }

  try {
    yield* mergeLanes([runLane(client, snapshot.ageOrigin), ...Array.from({ length: others }, runOtherLane)]);
  } finally {
    failed.abort();
  }
}

async function* readCopy(
  client: PostgresClient,
  statement: string,
  { columns, stream, primaryKey, limits, snapshot }: CopiesOptions,
): AsyncGenerator<Batch, void> {
  const decoder = copyDecoder({ columns, limits, unchecked: snapshot.unchecked, stream, primaryKey });
  const blocks = copyOut(client, statement);
  try {
    let block = await blocks.next();
    while (block.done !== true) {
      yield* decoder.decode(block.value);
      block = await blocks.next();
    }
    const last = decoder.finish();
    if (last !== undefined) yield last;
    if (block.value !== decoder.rows) {
      throw new SystemError(
        "postgres.row_count",
        `${stream}: the server says it sent ${block.value} rows, ${decoder.rows} were decoded`,
        { stream },
      );
    }
  } finally {
    await blocks.return(0);
  }
}
