import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** Forces a file's bytes to the disk. */
export async function syncFile(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Forces a folder's entries to the disk: without it a crash may forget a file that was created or renamed. */
export async function syncFolder(path: string): Promise<void> {
  try {
    await syncFile(path);
  } catch (error) {
    // Windows cannot open a folder; there the rename itself is as durable as it gets.
    if (process.platform !== "win32") throw error;
  }
}

/** Creates a folder and its parents so that they survive a crash. */
export async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  const stop = dirname(first);
  for (let folder = path; folder !== stop; ) {
    folder = dirname(folder);
    await syncFolder(folder);
  }
}

/** Writes a new file and forces it to the disk; the file must not exist. */
export async function writeDurably(path: string, content: string | Uint8Array): Promise<void> {
  const handle = await open(path, "wx");
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Replaces a file in one step: a reader sees the old content or the new, a crash leaves one of them. */
export async function replaceFile(path: string, content: string): Promise<void> {
  const aside = `${path}.${randomUUID()}.tmp`;
  try {
    await writeDurably(aside, content);
    await moveIntoPlace(aside, path);
  } finally {
    await rm(aside, { force: true });
  }
}

/** Renames a file that is already on the disk over `path`, durably. */
export async function moveIntoPlace(from: string, path: string): Promise<void> {
  await rename(from, path);
  await syncFolder(dirname(path));
}

/** The `code` of a system error such as `ENOENT`; undefined for anything else. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
