import { headBytes } from "./files/open-bytes.js";
import type { DataFile } from "./files/source-file.js";
import type { FileReader } from "./reader.js";

/** An engine that scans holds 2,048 rows at once, and stores them together: 32 MiB of these. */
const wideBytes = 16 * 1024;
/** Smaller files are no burden, whatever their rows. */
const leastFileBytes = 16 * 1024 * 1024;
const headLength = 1024 * 1024;
/** What the rows that are looked at before a load may be together: they are in memory at once. */
const inspectedBytes = 32 * 1024 * 1024;

/**
 * Whether a file's rows are to come as batches, bounded in bytes, and not by a scan: they are wide, or lines of a compressed
 * file, which a scan would read in one thread and could take for complete where it is cut.
 */
export async function isForBatches(file: DataFile, reader: FileReader): Promise<boolean> {
  if (reader.rowBytes === undefined && file.compression !== "none") return true;
  if (file.size < leastFileBytes) return false;
  return (await rowBytes(file, reader)) > wideBytes;
}

/** How many of a file's rows may be looked at together: `most` of them, fewer where they are wide. */
export async function inspectedRows(file: DataFile, reader: FileReader, most: number): Promise<number> {
  if (file.size < headLength) return most;
  return Math.max(1, Math.min(most, Math.floor(inspectedBytes / (await rowBytes(file, reader)))));
}

/** The bytes of a row on average: as the file says, else of a line, by the beginning of the file. */
async function rowBytes(file: DataFile, reader: FileReader): Promise<number> {
  if (reader.rowBytes !== undefined) return await reader.rowBytes(file);
  const head = await headBytes(file, headLength);
  let lines = 1;
  for (let at = head.indexOf(10); at >= 0; at = head.indexOf(10, at + 1)) lines++;
  return head.length / lines;
}
