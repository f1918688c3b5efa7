import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { closest, distance } from "fastest-levenshtein";
import { ConfigError } from "../../../sdk/index.js";
import { isGlob, parseGlob } from "./glob.js";
import type { SourceFile } from "./source-file.js";

/** What a path in the settings turned out to be, with its files in order of their names. */
export interface Listing {
  readonly kind: "file" | "glob" | "folder";
  /** The folder that names of files are relative to. */
  readonly root: string;
  readonly files: readonly SourceFile[];
  /** Files left out because their names say that they are unfinished. */
  readonly unfinished: readonly string[];
}

/**
 * Lists the files of a path, glob pattern or folder (with its sub-folders). Unfinished files are left out, except where
 * the path names one file; so are names that begin with `.` or `_` (hidden files, and by an old custom of data lakes the
 * logs and marks beside the data), except where a part of the pattern begins so too.
 * @throws ConfigError `file.not_found`, `file.no_match`, `file.unreadable`
 */
export async function listFiles(path: string, folder: string): Promise<Listing> {
  const absolute = resolve(folder, path);
  const found = await stat(absolute).catch(() => undefined);
  if (found?.isDirectory()) {
    const root = await realpath(absolute);
    return { kind: "folder", root, ...(await collect({ root, matches: () => true, names: isPlain, deep: true })) };
  }
  if (found !== undefined) {
    const root = dirname(absolute);
    return { kind: "file", root, files: [await describeFile(absolute, basename(absolute))], unfinished: [] };
  }
  if (!isGlob(path)) throw await notFound(path, absolute);
  const glob = parseGlob(absolute.split(sep).join("/"));
  const root = await realpath(glob.base).catch(() => undefined);
  if (root === undefined) throw await notFound(path, resolve(glob.base));
  const listed = await collect({ root, matches: glob.matches, names: namesOf(path), deep: glob.deep });
  if (listed.files.length === 0) {
    throw new ConfigError("file.no_match", `no file matches '${path}'`, {
      hint: `looked in ${root}; check the pattern, or put it in quotes so that the shell leaves it alone`,
    });
  }
  return { kind: "glob", root, ...listed };
}

/** Names that programs give to files they have not finished writing. */
export function isUnfinishedName(name: string): boolean {
  return /~$|\.(?:tmp|temp|partial|part|crdownload|download|filepart|inprogress|swp|lock)$/i.test(name);
}

function isPlain(name: string): boolean {
  return !/^[._]/.test(name);
}

/** Tests names of files and folders: a pattern meets those that are not plain only where it says so. */
function namesOf(pattern: string): (name: string) => boolean {
  const named = pattern.split("/").filter((part) => !isPlain(part));
  const globs = named.map(parseGlob);
  return (name) => isPlain(name) || globs.some((glob) => glob.matches(name));
}

interface Collection {
  readonly root: string;
  /** Tests a file's path relative to `root`. */
  readonly matches: (path: string) => boolean;
  /** Tests every single name on the way. */
  readonly names: (name: string) => boolean;
  readonly deep: boolean;
}

async function collect({ root, matches, names, deep }: Collection) {
  const files: SourceFile[] = [];
  const unfinished: string[] = [];
  const visit = async (folder: string, prefix: string): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch((cause) => {
      throw unreadable(folder, cause);
    });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (!names(entry.name)) continue;
      const name = prefix + entry.name;
      if (entry.isDirectory()) {
        if (deep) await visit(join(folder, entry.name), `${name}/`);
      } else if (matches(name)) {
        if (isUnfinishedName(name)) unfinished.push(name);
        else if (entry.isFile() || (entry.isSymbolicLink() && (await staysInside(root, join(folder, entry.name))))) {
          files.push(await describeFile(join(folder, entry.name), name));
        }
      }
    }
  };
  await visit(root, "");
  return { files, unfinished };
}

/** A link in a folder may not lead out of it: whoever can write there could name any file of this machine. */
async function staysInside(root: string, path: string): Promise<boolean> {
  const target = await realpath(path).catch(() => undefined);
  if (target === undefined || relative(root, target).startsWith("..")) return false;
  return (await stat(target)).isFile();
}

/** A file as it stands now. */
export async function describeFile(path: string, name: string): Promise<SourceFile> {
  const real = await realpath(path);
  const { size, mtimeMs } = await stat(real);
  return { path: real, name, size, modified: mtimeMs };
}

/** The error of a file that is there and cannot be read. */
export function unreadable(path: string, cause: unknown): ConfigError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ConfigError("file.unreadable", `cannot read ${path}: ${reason}`, {
    hint: "give the user that runs Sluice the right to read it",
    cause,
  });
}

async function notFound(path: string, absolute: string): Promise<ConfigError> {
  const folder = dirname(absolute);
  const names = await readdir(folder).catch(() => undefined);
  const nearest = names !== undefined && names.length > 0 ? closest(basename(absolute), names) : undefined;
  const near = nearest !== undefined && distance(nearest, basename(absolute)) <= Math.max(3, nearest.length / 3);
  const hint =
    names === undefined ? `there is no folder ${folder}` : near ? `did you mean '${nearest}'?` : `looked in ${folder}`;
  return new ConfigError("file.not_found", `no file or folder '${path}'`, { hint });
}
