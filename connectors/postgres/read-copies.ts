import { SystemError } from "../../sdk/errors.js";
import type { PostgresClient } from "../../sdk/sql/postgres/connect.js";
import type { CopyReader } from "../../sdk/sql/postgres/copy-block.js";
import { copyOut } from "../../sdk/sql/postgres/copy-out.js";
import type { Connections } from "./connections.js";
import { mergeLanes } from "./merge-lanes.js";
import { joinSnapshot, type Snapshot } from "./snapshot.js";

export interface CopiesOptions<Output> {
  /** COPY statements, all with the same columns; each is told the `ageOrigin` of the transaction that runs it. */
  readonly statements: readonly ((ageOrigin: number) => string)[];
  /** Reads the rows of one statement. */
  readonly reader: () => CopyReader<Output>;
  readonly stream: string;
  /** The connection that holds the snapshot. */
  readonly client: PostgresClient;
  readonly snapshot: Snapshot;
  readonly connections: Connections;
  readonly parallelism: number;
  readonly signal: AbortSignal;
}

/** What a reader made of rows, or the index of a statement all of whose rows have been given. */
export type CopyEvent<Output> = { readonly output: Output } | { readonly finished: number };

/** Runs COPY statements under one snapshot, over as many connections as there may be; what the readers give comes as it gets full. */
export async function* readCopies<Output>(options: CopiesOptions<Output>): AsyncGenerator<CopyEvent<Output>, void> {
  const { statements, connections, snapshot, client } = options;
  const others = snapshot.exported === undefined ? 0 : Math.min(options.parallelism, statements.length) - 1;
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  let next = 0;

  async function* runLane(lane: PostgresClient, ageOrigin: number): AsyncGenerator<CopyEvent<Output>, void> {
    while (next < statements.length) {
      const index = next++;
      for await (const output of readCopy(lane, statements[index]!(ageOrigin), options)) yield { output };
      yield { finished: index };
    }
  }

  async function* runOtherLane(): AsyncGenerator<CopyEvent<Output>, void> {
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

async function* readCopy<Output>(
  client: PostgresClient,
  statement: string,
  { reader: newReader, stream }: CopiesOptions<Output>,
): AsyncGenerator<Output, void> {
  const reader = newReader();
  const blocks = copyOut(client, statement);
  try {
    let block = await blocks.next();
    while (block.done !== true) {
      yield* reader.read(block.value);
      block = await blocks.next();
    }
    const last = reader.finish();
    if (last !== undefined) yield last;
    if (block.value !== reader.rows) {
      throw new SystemError(
        "postgres.row_count",
        `${stream}: the server says it sent ${block.value} rows, ${reader.rows} were read`,
        { stream },
      );
    }
  } finally {
    await blocks.return(0);
  }
}
