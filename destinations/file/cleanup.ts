import { readdir, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { errorCode } from "./durable.js";
import { isOlderTag, type TableFolder, tableFolder } from "./layout.js";
import { asideEntries } from "./log/commit-log.js";
import type { Snapshot, TableState } from "./log/snapshot.js";
import type { Hold } from "./take-over.js";

/**
 * Removes what no reader can need: files that killed writers of this stream left, and replaced files whose time is
 * over. Returns the snapshot without the latter. Files of other streams' writers, which may be alive, stay.
 */
export async function cleanUp(folder: TableFolder, snapshot: Snapshot, hold: Hold, keepMs: number): Promise<Snapshot> {
  for (const name of await asideEntries(folder.log)) {
    if (isOlderTag(name, hold.tag)) await rm(join(folder.log, name), { force: true });
  }
  await removeRejected(folder, snapshot, hold.tag);
  const own = await cleanTable(folder, snapshot, hold.tag, keepMs);
  const children: Record<string, TableState> = {};
  for (const [table, state] of Object.entries(snapshot.children)) {
    children[table] = await cleanTable(besides(folder, table), state, hold.tag, keepMs);
  }
  return { ...snapshot, ...own, children };
}

/** Where a child table lies. */
function besides({ root, schema }: TableFolder, table: string): TableFolder {
  return tableFolder(schema === undefined ? dirname(root) : dirname(dirname(root)), schema, table);
}

async function cleanTable(folder: TableFolder, state: TableState, tag: string, keepMs: number): Promise<TableState> {
  const expired = state.retired.filter(({ at }) => Date.parse(at) + keepMs <= Date.now());
  await removeFiles(
    folder.root,
    expired.map(({ path }) => path),
  );
  const known = new Set([...state.files, ...state.retired].map(({ path }) => basename(dirname(path))));
  for (const name of await entriesOf(folder.data)) {
    if (!known.has(name)) await removeLeftovers(join(folder.data, name), tag);
  }
  return { ...state, retired: state.retired.filter((file) => !expired.includes(file)) };
}

/** Rejected rows that killed writers, replays and purges of the stream left: in one folder may lie what others need. */
async function removeRejected({ root, quarantine }: TableFolder, snapshot: Snapshot, tag: string): Promise<void> {
  const known = new Set([...snapshot.quarantine, ...snapshot.retired].map(({ path }) => join(root, path)));
  for (const load of await entriesOf(quarantine)) {
    const folder = join(quarantine, load);
    for (const name of await entriesOf(folder)) {
      if (isOlderTag(name, tag) && !known.has(join(folder, name))) await rm(join(folder, name), { force: true });
    }
    await removeIfEmpty(folder);
  }
}

/** Removes files of a table, and the folders that become empty. Paths are relative to the table's folder. */
export async function removeFiles(root: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) await rm(join(root, path), { force: true });
  for (const folder of new Set(paths.map(dirname))) await removeIfEmpty(join(root, folder));
}

async function removeLeftovers(folder: string, tag: string): Promise<void> {
  for (const name of await entriesOf(folder)) {
    if (isOlderTag(name, tag)) await rm(join(folder, name), { force: true });
  }
  await removeIfEmpty(folder);
}

/** Removes the files of one writer from a folder, and the folder where it becomes empty. */
export async function removeOwnFiles(folder: string, tag: string, prefix = ""): Promise<void> {
  for (const name of await entriesOf(folder)) {
    if (name.startsWith(prefix) && name.includes(`-${tag}.`)) await rm(join(folder, name), { force: true });
  }
  await removeIfEmpty(folder);
}

/** Removes a folder that has nothing in it. */
export async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    const code = errorCode(error);
    if (code !== "ENOTEMPTY" && code !== "EEXIST" && code !== "ENOENT" && code !== "ENOTDIR") throw error;
  }
}

async function entriesOf(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  }
}
