import { join } from "node:path";
import { type Json, TransientError } from "../../sdk/index.js";
import type { Catalog } from "./catalog.js";
import { schemaFolder, type TableFolder, writerTag } from "./layout.js";
import { appendEntry } from "./log/commit-log.js";
import type { EntryBody } from "./log/entry.js";
import { type Snapshot, type StreamPosition, streamKey } from "./log/snapshot.js";

/** One writer's hold on one stream: what it may append ends when a newer epoch stands in the log. */
export interface Hold {
  readonly connection: string;
  readonly stream: string;
  readonly epoch: number;
  /** Marks this writer's files. */
  readonly tag: string;
}

interface TakeOver {
  readonly root: string;
  readonly folder: TableFolder;
  readonly connection: string;
  readonly stream: string;
  readonly catalog: Catalog;
}

/**
 * Takes a stream over: a fence entry with the next epoch. Where the stream's state stands in another table's log of
 * the schema (its table was renamed, or the state was set before the first load), it moves to this one.
 */
export async function takeOver(request: TakeOver): Promise<{ hold: Hold; snapshot: Snapshot }> {
  const { folder, connection, stream, catalog } = request;
  const key = streamKey(connection, stream);
  const before = await catalog.read(folder.root, folder.schema, folder.table);
  const here = before.streams[key];
  const elsewhere = here === undefined || here.released ? await findPosition(request, key) : undefined;
  const body = (snapshot: Snapshot): EntryBody => {
    const position = snapshot.streams[key];
    const epoch = 1 + Math.max(position?.epoch ?? 0, elsewhere?.position.epoch ?? 0);
    return {
      kind: "fence",
      connection,
      stream,
      epoch,
      ...(elsewhere === undefined ? {} : stateOf(elsewhere.position)),
    };
  };
  const tag = writerTag(key, 1 + Math.max(here?.epoch ?? 0, elsewhere?.position.epoch ?? 0));
  const snapshot = await appendEntry(folder.log, before, body, tag);
  catalog.remember(folder.root, snapshot);
  const { epoch } = snapshot.streams[key]!;
  const hold = { connection, stream, epoch, tag: writerTag(key, epoch) };
  if (elsewhere !== undefined) await release(elsewhere, hold, catalog);
  return { hold, snapshot };
}

/** The stream's position in a snapshot. @throws TransientError `destination.fenced` where the hold is over */
export function positionOf(snapshot: Snapshot, { connection, stream, epoch }: Hold): StreamPosition {
  const position = snapshot.streams[streamKey(connection, stream)];
  if (position?.epoch === epoch) return position;
  throw fenced(connection, stream);
}

export function fenced(connection: string, stream: string): TransientError {
  return new TransientError("destination.fenced", `another run of '${connection}' has taken over '${stream}'`, {
    stream,
    hint: "let one run at a time write a connection; this one wrote nothing more",
  });
}

interface Elsewhere {
  readonly folder: string;
  readonly snapshot: Snapshot;
  readonly position: StreamPosition;
}

async function findPosition(request: TakeOver, key: string): Promise<Elsewhere | undefined> {
  const { root, folder, catalog } = request;
  const tables = await catalog.tables(schemaFolder(root, folder.schema));
  const found = tables.flatMap((table): Elsewhere[] => {
    const position = table.snapshot.streams[key];
    if (position === undefined || position.released || table.folder === folder.root) return [];
    return [{ folder: table.folder, snapshot: table.snapshot, position }];
  });
  return found.sort((a, b) => b.position.epoch - a.position.epoch)[0];
}

async function release({ folder, snapshot }: Elsewhere, hold: Hold, catalog: Catalog): Promise<void> {
  const { connection, stream, epoch, tag } = hold;
  const body: EntryBody = { kind: "release", connection, stream, epoch };
  catalog.remember(folder, await appendEntry(join(folder, "_log"), snapshot, () => body, tag));
}

function stateOf({ load_id, state, schema_hash }: StreamPosition): {
  load_id?: number | undefined;
  state?: Json | undefined;
  schema_hash?: string | undefined;
} {
  return { load_id, state, schema_hash };
}
