import { z } from "../../../sdk/index.js";
import { type LogEntry, shapes, type TableChange } from "./entry.js";

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

const tableState = z.object({
  columns: z.array(column).optional(),
  schemas: z.record(z.string(), fileSchema),
  /** The visible table. */
  files: z.array(dataFile),
  /** Replaced files that a reader may still hold, and since when. */
  retired: z.array(z.object({ path: z.string(), at: z.string() })),
  /** Every rename of a column so far. */
  renames: z.array(rename).default([]),
});
/** What a table is made of. */
export type TableState = z.output<typeof tableState>;

/** What the log says after its first `seq` entries: also the content of a checkpoint file. */
export const snapshotShape = tableState.extend({
  version: z.literal(1),
  seq: count,
  /** The hash of the last entry. */
  head: z.string().nullable(),
  schema: z.string().nullable(),
  table: z.string(),
  /** When the last entry was written. */
  at: z.string().optional(),
  streams: z.record(z.string(), streamPosition),
  /** Files of rejected rows. */
  quarantine: z.array(quarantineFile).default([]),
  /** Child tables, by name: folders of their own beside this one. */
  children: z.record(z.string(), tableState).default({}),
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
    streams: {},
    quarantine: [],
    children: {},
    ...emptyTable,
  };
}

export const emptyTable: TableState = { schemas: {}, files: [], retired: [], renames: [] };

/** A child table as if it had a log of its own. */
export function childSnapshot(snapshot: Snapshot, table: string): Snapshot {
  const { schema, seq, head, at, children } = snapshot;
  return { ...emptySnapshot(schema ?? undefined, table), seq, head, at, ...children[table] };
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
  const own = tableAfter(snapshot, entry, entry.at);
  const rejected = [...gone].map((path) => ({ path, at: entry.at }));
  const children = Object.entries(entry.children ?? {}).map(([table, change]) => {
    return [table, tableAfter(snapshot.children[table] ?? emptyTable, change, entry.at)] as const;
  });
  return {
    ...after,
    ...own,
    retired: [...own.retired, ...rejected],
    children: { ...snapshot.children, ...Object.fromEntries(children) },
  };
}

function tableAfter(
  before: TableState,
  change: { readonly [Part in keyof TableChange]?: TableChange[Part] | undefined },
  at: string,
): TableState {
  const removed = new Set(change.remove);
  const columns = change.columns ?? before.columns;
  return {
    ...(columns === undefined ? {} : { columns }),
    schemas: { ...before.schemas, ...change.schemas },
    files: [...before.files.filter((file) => !removed.has(file.path)), ...(change.add ?? [])],
    retired: [...before.retired, ...[...removed].map((path) => ({ path, at }))],
    renames: [...before.renames, ...(change.renames ?? [])],
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
