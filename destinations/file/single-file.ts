import type { FileConfig, Format } from "./config.js";
import type { Compression } from "./format.js";

/** A path that names one file, by its ending. */
export interface SingleFile {
  readonly format: Format;
  readonly compression: Compression | undefined;
}

const endings: readonly [ending: RegExp, format: Format][] = [
  [/\.parquet$/i, "parquet"],
  [/\.csv(?:\.gz|\.zst)?$/i, "csv"],
  [/\.(?:jsonl|ndjson)(?:\.gz|\.zst)?$/i, "jsonl"],
];

/** What a path's ending says the one file is; undefined for a folder. */
export function singleFile({ path, compression }: Pick<FileConfig, "path" | "compression">): SingleFile | undefined {
  const format = endings.find(([ending]) => ending.test(path))?.[1];
  if (format === undefined) return undefined;
  if (/\.gz$/i.test(path)) return { format, compression: "gzip" };
  if (/\.zst$/i.test(path)) return { format, compression: "zstd" };
  return { format, compression: format === "parquet" ? compression : "none" };
}
