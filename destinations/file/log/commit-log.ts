import { randomUUID } from "node:crypto";
import { link, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError, DataError, SluiceError, TransientError } from "../../../sdk/index.js";
import { errorCode, makeFolder, replaceFile, syncFolder, writeDurably } from "../durable.js";
import { type EntryBody, hashOf, type LogEntry, parseEntry, parseLogged } from "./entry.js";
import { applyEntry, type Snapshot, snapshotShape } from "./snapshot.js";

/**
 * The append-only log of one table: `<folder>/00000000000000000001.json` and on, and now and then a checkpoint that
 * sums up everything before it. An entry is written aside and given its name with `link`, which fails where the name
 * is taken: of two writers that want the same place exactly one gets it, and the file is whole or absent.
 */
const entryName = /^(\d{20})\.json$/;
const checkpointName = /^(\d{20})\.checkpoint\.json$/;
const checkpointEvery = 50;

/** Reads the log from its newest checkpoint on, or goes on from `known`. */
export async function readLog(folder: string, known: Snapshot): Promise<Snapshot> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await replay(folder, known);
    } catch (error) {
      // A checkpoint may be superseded and removed between the listing and the reading.
      if (errorCode(error) !== "ENOENT" || attempt === 3) throw error;
    }
  }
}

async function replay(folder: string, known: Snapshot): Promise<Snapshot> {
  const names = await listLog(folder);
  const newest = Math.max(0, ...sequences(names, checkpointName));
  let snapshot = newest > known.seq ? await readCheckpoint(folder, newest) : known;
  const pending = sequences(names, entryName).filter((seq) => seq > snapshot.seq);
  for (const seq of pending.sort((a, b) => a - b)) snapshot = await step(folder, snapshot, seq);
  return snapshot;
}

async function step(folder: string, snapshot: Snapshot, seq: number): Promise<Snapshot> {
  const path = join(folder, nameOf(seq));
  const text = await readFile(path, "utf8");
  const entry = parseEntry(text, path);
  if (seq !== snapshot.seq + 1 || entry.seq !== seq || entry.prev !== snapshot.head) {
    throw new DataError("log.broken", `the commit log ${folder} does not join at entry ${seq}`, {
      hint: "an entry was lost or replaced, as by a partly restored backup: restore the whole folder",
    });
  }
  return applyEntry(snapshot, entry, hashOf(text));
}

async function readCheckpoint(folder: string, seq: number): Promise<Snapshot> {
  const path = join(folder, checkpointFile(seq));
  return parseLogged(snapshotShape, await readFile(path, "utf8"), path);
}

/** The entries of the log, the newest first. */
export async function* entriesBackwards(folder: string): AsyncGenerator<LogEntry> {
  const seqs = sequences(await listLog(folder), entryName).sort((a, b) => b - a);
  for (const seq of seqs) {
    const path = join(folder, nameOf(seq));
    yield parseEntry(await readFile(path, "utf8"), path);
  }
}

/**
 * Writes the next entry. `decide` says what it is, given everything before it; where another writer takes the place
 * first, it is asked again, and throws where its answer no longer holds.
 *
 * @param tag names the file aside, so that what a killed writer left can be told from what a living one needs
 * @throws TransientError `commit.not_applied`, `commit.unknown`; and what `decide` throws
 */
export async function appendEntry(
  folder: string,
  known: Snapshot,
  decide: (snapshot: Snapshot) => EntryBody,
  tag: string,
): Promise<Snapshot> {
  let snapshot = known;
  for (;;) {
    const entry: LogEntry = {
      version: 1,
      id: randomUUID(),
      seq: snapshot.seq + 1,
      prev: snapshot.head,
      at: new Date().toISOString(),
      schema: snapshot.schema,
      table: snapshot.table,
      ...decide(snapshot),
    };
    if (await claim(folder, entry, tag)) return applyEntry(snapshot, entry, hashOf(textOf(entry)));
    snapshot = await readLog(folder, snapshot);
  }
}

/** Gives the entry its place. False where the place is another's. */
async function claim(folder: string, entry: LogEntry, tag: string): Promise<boolean> {
  const path = join(folder, nameOf(entry.seq));
  const aside = join(folder, `${entry.id}.${tag}.tmp`);
  await makeFolder(folder);
  try {
    await writeDurably(aside, textOf(entry));
    await link(aside, path);
    await syncFolder(folder);
    return true;
  } catch (error) {
    return await outcome(folder, path, entry, error);
  } finally {
    await rm(aside, { force: true });
  }
}

/** After a failure: the entry at that place says whether it is ours (the answer was lost), another's, or nobody's. */
async function outcome(folder: string, path: string, entry: LogEntry, error: unknown): Promise<boolean> {
  let found: LogEntry | undefined;
  try {
    found = parseEntry(await readFile(path, "utf8"), path);
    if (found.id === entry.id) await syncFolder(folder);
  } catch (cause) {
    if (errorCode(cause) !== "ENOENT") {
      throw new TransientError("commit.unknown", `it is not known whether ${path} was written`, {
        cause: cause instanceof SluiceError ? error : cause,
        hint: "run it again: the next run finds out",
      });
    }
  }
  if (found !== undefined) return found.id === entry.id;
  // A newer writer of this stream has cleared the file aside away: the next look at the log says so.
  if (errorCode(error) === "ENOENT" || errorCode(error) === "EEXIST") return false;
  throw notWritten(path, error);
}

function notWritten(path: string, cause: unknown): SluiceError {
  const code = errorCode(cause);
  if (code === "ENOTSUP" || code === "EPERM" || code === "ENOSYS") {
    return new ConfigError("destination.no_hard_links", `the file system of ${path} has no hard links (${code})`, {
      cause,
      hint: "put the destination on a file system that has them, such as ext4, xfs, btrfs, APFS, NTFS or NFS",
    });
  }
  return new TransientError("commit.not_applied", `${path} could not be written: ${code ?? "unknown cause"}`, {
    cause,
    hint: code === "ENOSPC" ? "the disk is full: free some space and run it again" : "run it again",
  });
}

/** Sums the log up, when enough entries have come since the last time. */
export async function checkpointLog(folder: string, snapshot: Snapshot): Promise<void> {
  const made = sequences(await listLog(folder), checkpointName).sort((a, b) => b - a);
  if (snapshot.seq - (made[0] ?? 0) < checkpointEvery) return;
  await replaceFile(join(folder, checkpointFile(snapshot.seq)), JSON.stringify(snapshot));
  for (const seq of made.slice(1)) await rm(join(folder, checkpointFile(seq)), { force: true });
}

/** The files aside in the log's folder: of living writers, and of killed ones. */
export async function asideEntries(folder: string): Promise<string[]> {
  return (await listLog(folder)).filter((name) => name.endsWith(".tmp"));
}

async function listLog(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}

function sequences(names: readonly string[], pattern: RegExp): number[] {
  return names.flatMap((name) => {
    const match = pattern.exec(name);
    return match === null ? [] : [Number(match[1])];
  });
}

const textOf = (entry: LogEntry) => `${JSON.stringify(entry)}\n`;
const nameOf = (seq: number) => `${String(seq).padStart(20, "0")}.json`;
const checkpointFile = (seq: number) => `${String(seq).padStart(20, "0")}.checkpoint.json`;
