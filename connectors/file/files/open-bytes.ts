import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { DataError } from "../../../sdk/index.js";
import { decompress } from "./decompress.js";
import { unreadable } from "./list-files.js";
import type { DataFile } from "./source-file.js";

const chunkBytes = 1 << 20;

/**
 * A file's bytes, decompressed, in order and as they come: never the whole of it in memory, however much a compressed
 * file grows.
 * @throws DataError `file.damaged` for a compressed file that is cut or broken · ConfigError `file.unreadable`
 */
export async function* openBytes(file: DataFile): AsyncGenerator<Uint8Array> {
  const raw = createReadStream(file.path, { highWaterMark: chunkBytes });
  const bytes: Readable | AsyncIterable<Uint8Array> =
    file.compression === "none" ? raw : await decompress(raw, file.compression);
  try {
    for await (const chunk of bytes) yield chunk as Uint8Array;
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    if (code === "EACCES" || code === "ENOENT" || code === "EISDIR") throw unreadable(file.path, cause);
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataError("file.damaged", `${file.name}: the file is damaged or incomplete: ${reason}`, {
      cause,
      hint: "copy the file again, or wait until its writer has finished",
    });
  } finally {
    raw.destroy();
  }
}

/** The first bytes of a file, decompressed: `bytes` of them, or fewer where the file is smaller. */
export async function headBytes(file: DataFile, bytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of openBytes(file)) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= bytes) break;
  }
  return Buffer.concat(chunks, Math.min(length, bytes));
}

/**
 * Reads a compressed file to its end, keeping nothing: DuckDB's own readers take a cut one for complete.
 * @throws DataError `file.damaged`
 */
export async function verifyCompressed(file: DataFile, signal: AbortSignal): Promise<void> {
  if (file.compression === "none") return;
  for await (const _ of openBytes(file)) signal.throwIfAborted();
}
