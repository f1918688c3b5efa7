import { basename } from "node:path";
import { ConfigError } from "../../../sdk/index.js";
import { formatByName, splitName } from "./detect-format.js";
import { parseGlob } from "./glob.js";
import type { Listing } from "./list-files.js";
import type { SourceFile } from "./source-file.js";

/** The files that are one table. */
export interface FileGroup {
  readonly stream: string;
  readonly files: readonly SourceFile[];
}

/**
 * Which files are which stream:
 * - a file is one stream, named by its stem: `orders.csv.gz` → `orders`;
 * - a glob pattern is one stream of all its files, named by the pattern's literal part, else by its folder:
 *   `in/orders_*.csv` → `orders`, `in/*.csv` → `in`;
 * - a folder is one stream per file in it and one per sub-folder, which has all the files below it; files whose
 *   extension says no format are left out. Two files with the same stem keep their extensions in their names;
 * - with `streams`, each name has the files that its pattern matches.
 * @throws ConfigError `file.no_match` for a configured stream without files
 */
export function groupStreams(
  listing: Listing,
  path: string,
  streams: Readonly<Record<string, string>> | undefined,
): readonly FileGroup[] {
  if (streams !== undefined)
    return Object.entries(streams).map(([name, pattern]) => configured(listing, name, pattern));
  if (listing.kind === "glob") return [{ stream: globStreamName(path), files: listing.files }];
  if (listing.kind === "file")
    return listing.files.map((file) => ({ stream: splitName(file.name).stem, files: [file] }));
  const folders = new Map<string, SourceFile[]>();
  const loose: SourceFile[] = [];
  for (const file of listing.files) {
    if (formatByName(file.name) === undefined) continue;
    const slash = file.name.indexOf("/");
    if (slash < 0) loose.push(file);
    else push(folders, file.name.slice(0, slash), file);
  }
  const byStem = new Map<string, SourceFile[]>();
  for (const file of loose) push(byStem, splitName(file.name).stem, file);
  const groups: FileGroup[] = [...folders].map(([stream, files]) => ({ stream, files }));
  for (const [stem, files] of byStem) {
    const alone = files.length === 1 && !folders.has(stem);
    for (const file of files) groups.push({ stream: alone ? stem : file.name, files: [file] });
  }
  return groups.sort((a, b) => (a.stream < b.stream ? -1 : 1));
}

function configured(listing: Listing, stream: string, pattern: string): FileGroup {
  const { base, matches } = parseGlob(pattern);
  const files = listing.files.filter((file) => file.name.startsWith(base) && matches(file.name.slice(base.length)));
  if (files.length === 0) {
    throw new ConfigError("file.no_match", `stream '${stream}': no file matches '${pattern}'`, {
      hint: `looked in ${listing.root}; patterns are relative to path`,
      stream,
    });
  }
  return { stream, files };
}

/** The name of a pattern's stream: its last part without wildcards and extension, else the folder before it. */
export function globStreamName(pattern: string): string {
  const parts = pattern.split("/").filter((part) => part !== "" && part !== ".");
  for (const part of parts.reverse()) {
    const literal = splitName(part)
      .stem.replaceAll(/\[[^\]]*\]|\{[^}]*\}|[*?\\]/g, " ")
      .trim()
      .replaceAll(/^[\s_.-]+|[\s_.-]+$/g, "")
      .replaceAll(/[\s_.-]*\s[\s_.-]*/g, "_");
    if (literal !== "") return literal;
  }
  return basename(process.cwd());
}

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
