import { randomUUID } from "node:crypto";
import { link, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ConfigError } from "../../sdk/index.js";
import { errorCode, makeFolder, writeDurably } from "./durable.js";

/**
 * Tries in a folder what a sync needs there, and leaves nothing behind: to make it, to write a file, to give it a second
 * name, and to be refused a name that is taken.
 * @throws ConfigError `destination.not_writable`, `destination.no_hard_links`
 */
export async function probeFolder(folder: string): Promise<void> {
  const made = await firstMissing(folder);
  const file = join(folder, `.sluice-${randomUUID()}`);
  const second = `${file}.link`;
  try {
    await makeFolder(folder);
    await writeDurably(file, "sluice");
    await tryLink(file, second);
  } catch (error) {
    throw error instanceof ConfigError ? error : notWritable(folder, error);
  } finally {
    // Where the folder could not be made there is nothing to remove, and ENOTDIR would hide why.
    await Promise.allSettled([second, file].map((path) => rm(path, { force: true })));
    if (made !== undefined) await Promise.allSettled([rm(made, { recursive: true, force: true })]);
  }
}

async function tryLink(file: string, second: string): Promise<void> {
  try {
    await link(file, second);
  } catch (cause) {
    throw noHardLinks(second, cause);
  }
  const again = await link(file, second).then(() => undefined, errorCode);
  if (again !== "EEXIST") throw noHardLinks(second, undefined);
}

function noHardLinks(path: string, cause: unknown): ConfigError {
  return new ConfigError("destination.no_hard_links", `the file system of ${path} cannot link files safely`, {
    cause,
    hint: "put the destination on a file system that can, such as ext4, xfs, btrfs, APFS, NTFS or NFS",
  });
}

function notWritable(folder: string, cause: unknown): ConfigError {
  const code = errorCode(cause) ?? "unknown cause";
  return new ConfigError("destination.not_writable", `the folder ${folder} cannot be written: ${code}`, {
    cause,
    hint: "check the path, that it is no file, and that this user may write there",
  });
}

/** The topmost folder on the way that is not there yet. */
async function firstMissing(folder: string): Promise<string | undefined> {
  let missing: string | undefined;
  for (let path = folder; (await stat(path).catch(() => undefined)) === undefined; path = dirname(path)) {
    missing = path;
    if (dirname(path) === path) break;
  }
  return missing;
}
