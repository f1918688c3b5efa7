import { type Batch, defaultBatchLimits } from "../batch/batch.js";
import type { Json } from "../json.js";
import type { Message } from "../messages.js";
import type { Column, Stream } from "../schema/stream.js";
import type { OpenSource, ReadRequest } from "../source.js";
import { type CanonicalRow, canonicalRows } from "./canonical-rows.js";
import { checkBatch } from "./check-batch.js";

/** Everything one read gave, in order. */
export interface StreamRead {
  readonly rows: readonly CanonicalRow[];
  readonly batches: readonly Batch[];
  /** Each checkpoint, and how many rows came before it. */
  readonly checkpoints: readonly { readonly state: Json; readonly rows: number }[];
  readonly last: Message | undefined;
}

/** A request for all of a stream, with everything else as given. */
export function readRequest(stream: Stream, overrides: Partial<ReadRequest> = {}): ReadRequest {
  return {
    stream,
    mode: "full_refresh",
    columns: stream.columns.map(({ name }) => name),
    rereads: "forbidden",
    scans: false,
    inference: "exhaustive",
    batch: defaultBatchLimits,
    parallelism: 1,
    signal: new AbortController().signal,
    ...overrides,
  };
}

/** Reads a stream to its end, checking that every batch is well formed and has the columns last announced. */
export async function readStream(source: OpenSource, request: ReadRequest): Promise<StreamRead> {
  const rows: CanonicalRow[] = [];
  const batches: Batch[] = [];
  const checkpoints: { state: Json; rows: number }[] = [];
  let columns = announced(request.stream.columns, request);
  let last: Message | undefined;
  for await (const message of source.read(request)) {
    last = message;
    switch (message.type) {
      case "schema":
        columns = announced(message.columns, request);
        break;
      case "batch":
        checkBatch(message.batch, columns);
        batches.push(message.batch);
        rows.push(...canonicalRows(message.batch));
        break;
      case "checkpoint":
        checkpoints.push({ state: message.state, rows: rows.length });
        break;
      case "encoded":
        throw new Error("encoded rows were given, though the request names no encoding");
      case "scan":
        throw new Error("a scan was given, though the request takes none");
    }
  }
  return { rows, batches, checkpoints, last };
}

function announced(columns: readonly Column[], { columns: wanted }: ReadRequest): readonly Column[] {
  return wanted.map((name) => {
    const column = columns.find((candidate) => candidate.name === name);
    if (column === undefined) throw new Error(`the column '${name}' was asked for, but is not announced`);
    return column;
  });
}
