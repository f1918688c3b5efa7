import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "./durable.js";
import { readLog } from "./log/commit-log.js";
import { emptySnapshot, type Snapshot } from "./log/snapshot.js";

/** A table's folder on the disk and what its log says. */
export interface FoundTable {
  /** The folder's absolute path. */
  readonly folder: string;
  readonly snapshot: Snapshot;
}

/** Reads the logs under one root and remembers how far it came, so that the next look reads only what is new. */
export interface Catalog {
  read(folder: string, schema: string | undefined, table: string): Promise<Snapshot>;
  /** The tables right inside a folder. */
  tables(folder: string): Promise<FoundTable[]>;
  /** The tables of every schema, and those without one. */
  allTables(): Promise<FoundTable[]>;
  /** Takes note of a snapshot that an append came to. */
  remember(folder: string, snapshot: Snapshot): void;
}

export function openCatalog(root: string): Catalog {
  const known = new Map<string, Snapshot>();

  async function read(folder: string, schema: string | undefined, table: string): Promise<Snapshot> {
    const snapshot = await readLog(join(folder, "_log"), known.get(folder) ?? emptySnapshot(schema, table));
    if (snapshot.seq > 0) known.set(folder, snapshot);
    return snapshot;
  }

  async function tablesIn(folder: string, names: readonly string[]): Promise<FoundTable[]> {
    const found: FoundTable[] = [];
    for (const name of names) {
      const path = join(folder, name);
      const snapshot = await read(path, undefined, name);
      if (snapshot.seq > 0) found.push({ folder: path, snapshot });
    }
    return found;
  }

  return {
    read,
    async tables(folder) {
      return tablesIn(folder, await subfolders(folder));
    },
    async allTables() {
      const names = await subfolders(root);
      const found = await tablesIn(root, names);
      const tables = new Set(found.map(({ folder }) => folder));
      for (const name of names) {
        const folder = join(root, name);
        if (!tables.has(folder)) found.push(...(await tablesIn(folder, await subfolders(folder))));
      }
      return found;
    },
    remember(folder, snapshot) {
      known.set(folder, snapshot);
    },
  };
}

async function subfolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(absent);
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

function absent(error: unknown): never[] {
  const code = errorCode(error);
  if (code === "ENOENT" || code === "ENOTDIR") return [];
  throw error;
}
