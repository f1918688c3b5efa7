import { open } from "node:fs/promises";
import type { DataFile } from "./files/source-file.js";
import type { FileReader } from "./reader.js";

/** An engine that scans holds 2,048 rows at once, and stores them together: 32 MiB of these. */
const wideBytes = 16 * 1024;
/** Smaller files are no burden, whatever their rows. */
const leastFileBytes = 16 * 1024 * 1024;
const sampleBytes = 1024 * 1024;

/** Whether a file's rows are so wide that they are to come as batches, bounded in bytes, and not by a scan. */
export async function hasWideRows(file: DataFile, reader: FileReader): Promise<boolean> {
  if (file.size < leastFileBytes) return false;
  const bytes = await (reader.rowBytes?.(file) ?? lineBytes(file));
  return bytes > wideBytes;
}

/** The bytes of a line on average, by the beginning of the file; of compressed ones 0, which no engine scans. */
async function lineBytes({ path, compression }: DataFile): Promise<number> {
  if (compression !== "none") return 0;
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(sampleBytes), 0, sampleBytes, 0);
    let lines = 1;
    for (let at = buffer.indexOf(10); at >= 0 && at < bytesRead; at = buffer.indexOf(10, at + 1)) lines++;
    return bytesRead / lines;
  } finally {
    await handle.close();
  }
}
