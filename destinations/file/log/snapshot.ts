import { z } from "../../../sdk/index.js";
import { type LogEntry, shapes } from "./entry.js";

const { dataFile, column, fileSchema, quarantineFile, rename, json, count } = shapes;

/** Where one stream stands in a table's log. */
const streamPosition = z.object({
  connection: z.string(),
  stream: z.string(),
  epoch: count,
  /** Commits so far. */
  seq: count,
  load_id: count.optional(),
  state: json.optional(),
  schema_hash: z.string().optional(),
  committed_at: z.string().optional(),
  /** The state went on in another table's log. */
  released: z.boolean().optional(),
});
export type StreamPosition = z.output<typeof streamPosition>;

/** What the log says after its first `seq` entries: also the content of a checkpoint file. */
export const snapshotShape = z.object({
  version: z.literal(1),
  seq: count,
  /** The hash of the last entry. */
  head: z.string().nullable(),
  schema: z.string().nullable(),
  table: z.string(),
  /** When the last entry was written. */
  at: z.string().optional(),
  columns: z.array(column).optional(),
  schemas: z.record(z.string(), fileSchema),
  /** The visible table. */
  files: z.array(dataFile),
  /** Replaced files that a reader may still hold, and since when. */
  retired: z.array(z.object({ path: z.string(), at: z.string() })),
  streams: z.record(z.string(), streamPosition),
  /** Files of rejected rows. */
  quarantine: z.array(quarantineFile).default([]),
  /** Every rename of a column so far. */
  renames: z.array(rename).default([]),
});
export type Snapshot = z.output<typeof snapshotShape>;

/** The key of a stream's position. */
export function streamKey(connection: string, stream: string): string {
  return JSON.stringify([connection, stream]);
}

/** The log of a table that nothing was written to. */
export function emptySnapshot(schema: string | undefined, table: string): Snapshot {
  return {
    version: 1,
    seq: 0,
    head: null,
    schema: schema ?? null,
    table,
    schemas: {},
    files: [],
    retired: [],
    streams: {},
    quarantine: [],
    renames: [],
  };
}

/** The snapshot after one more entry. Pure: any reader of the same entries comes to the same table. */
export function applyEntry(snapshot: Snapshot, entry: LogEntry, hash: string): Snapshot {
  const key = streamKey(entry.connection, entry.stream);
  const gone = new Set(entry.quarantine_removed);
  const after: Snapshot = {
    ...snapshot,
    seq: entry.seq,
    head: hash,
    at: entry.at,
    schema: entry.schema,
    table: entry.table,
    schemas: { ...snapshot.schemas, ...entry.schemas },
    quarantine: [...snapshot.quarantine.filter(({ path }) => !gone.has(path)), ...(entry.quarantine ?? [])],
  };
  if (entry.kind === "purge" || entry.kind === "drift") return after;
  after.streams = { ...snapshot.streams, [key]: nextPosition(snapshot.streams[key], entry) };
  if (entry.kind !== "commit" && entry.kind !== "publish") return after;
  const removed = new Set(entry.remove);
  const replaced = [...removed, ...gone];
  const columns = entry.columns ?? snapshot.columns;
  return {
    ...after,
    ...(columns === undefined ? {} : { columns }),
    files: [...snapshot.files.filter((file) => !removed.has(file.path)), ...(entry.add ?? [])],
    retired: [...snapshot.retired, ...replaced.map((path) => ({ path, at: entry.at }))],
    renames: [...snapshot.renames, ...(entry.renames ?? [])],
  };
}

function nextPosition(before: StreamPosition | undefined, entry: LogEntry): StreamPosition {
  const { connection, stream, epoch } = entry;
  const last = before ?? { connection, stream, epoch, seq: 0 };
  switch (entry.kind) {
    case "fence":
      // A stream that comes from another table's log brings its state along.
      return entry.state === undefined
        ? { ...last, epoch, released: false }
        : { ...reached(last, entry), seq: last.seq };
    case "build":
      return { ...last, seq: last.seq + 1 };
    case "purge":
    case "drift":
      return last;
    case "release":
      return { connection, stream, epoch, seq: last.seq, released: true };
    case "state":
    case "commit":
    case "publish":
      return reached(last, entry);
  }
}

function reached(last: StreamPosition, entry: LogEntry): StreamPosition {
  const { connection, stream, epoch, load_id, state, schema_hash, at } = entry;
  return { connection, stream, epoch, seq: last.seq + 1, load_id, state, schema_hash, committed_at: at };
}
