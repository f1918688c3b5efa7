import { join } from "node:path";
import type { DriftRow, Json, LoadRow, StateKey, StateRow } from "../../sdk/index.js";
import type { Catalog } from "./catalog.js";
import { newestDrift } from "./drift-report.js";
import { schemaFolder, stateTable, tableFolder, writerTag } from "./layout.js";
import { newestLoads } from "./loads-report.js";
import { appendEntry } from "./log/commit-log.js";
import { type StreamPosition, streamKey } from "./log/snapshot.js";

/** The committed states of a schema's streams. */
export async function readStates(root: string, catalog: Catalog, schema: string | undefined): Promise<StateRow[]> {
  const newest = new Map<string, StreamPosition>();
  for (const { snapshot } of await catalog.tables(schemaFolder(root, schema))) {
    for (const [key, position] of Object.entries(snapshot.streams)) {
      if (position.state === undefined || position.released) continue;
      if (position.epoch > (newest.get(key)?.epoch ?? -1)) newest.set(key, position);
    }
  }
  return [...newest.values()].map((position) => ({
    connection: position.connection,
    stream: position.stream,
    epoch: position.epoch,
    seq: position.seq,
    loadId: position.load_id,
    state: position.state,
    schemaHash: position.schema_hash,
    committedAt: position.committed_at === undefined ? undefined : new Date(position.committed_at),
  }));
}

/** Sets or forgets a stream's state, in the log where it stands; a running writer of the stream is fenced. */
export async function writeState(
  root: string,
  catalog: Catalog,
  { schema, connection, stream }: StateKey,
  state: Json | undefined,
): Promise<void> {
  const key = streamKey(connection, stream);
  const tables = await catalog.tables(schemaFolder(root, schema));
  const holders = tables.filter(
    ({ snapshot }) => snapshot.streams[key] !== undefined && !snapshot.streams[key].released,
  );
  const own = tableFolder(root, schema, stateTable);
  const targets =
    holders.length > 0 ? holders : [{ folder: own.root, snapshot: await catalog.read(own.root, schema, stateTable) }];
  const epoch = 1 + Math.max(0, ...targets.map(({ snapshot }) => snapshot.streams[key]?.epoch ?? 0));
  for (const { folder, snapshot } of targets) {
    const written = await appendEntry(
      join(folder, "_log"),
      snapshot,
      (before) => {
        const next = Math.max(epoch, 1 + (before.streams[key]?.epoch ?? 0));
        return { kind: "state", connection, stream, epoch: next, ...(state === undefined ? {} : { state }) };
      },
      writerTag(key, epoch),
    );
    catalog.remember(folder, written);
  }
}

/** The ledger of a schema, newest load first. */
export async function readLoads(
  root: string,
  catalog: Catalog,
  schema: string | undefined,
  limit: number,
): Promise<LoadRow[]> {
  const tables = await catalog.tables(schemaFolder(root, schema));
  const rows = await Promise.all(tables.map(({ folder }) => newestLoads(join(folder, "_log"), limit)));
  return rows
    .flat()
    .sort((a, b) => b.loadId - a.loadId)
    .slice(0, limit);
}

/** The schema decisions of a schema, the newest first. */
export async function readDrift(
  root: string,
  catalog: Catalog,
  schema: string | undefined,
  limit: number,
): Promise<DriftRow[]> {
  const tables = await catalog.tables(schemaFolder(root, schema));
  const rows = await Promise.all(tables.map(({ folder }) => newestDrift(join(folder, "_log"), limit)));
  return rows
    .flat()
    .sort((a, b) => momentOf(b) - momentOf(a))
    .slice(0, limit);
}

/** Load ids count microseconds. */
function momentOf({ loadId, decidedAt }: DriftRow): number {
  return loadId ?? decidedAt.getTime() * 1000;
}
