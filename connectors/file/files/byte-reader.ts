import { open } from "node:fs/promises";
import { openBytes } from "./open-bytes.js";
import type { DataFile } from "./source-file.js";

/** A file's bytes, decompressed, read into memory of the caller's own. */
export interface ByteReader {
  /**
   * Reads up to `length` bytes to `at`; returns how many, 0 at the end.
   * @throws DataError `file.damaged` for a compressed file that is cut or broken
   */
  read(into: Buffer, at: number, length: number): Promise<number>;
  close(): Promise<void>;
}

/** Opens a file at its beginning. */
export async function byteReader(file: DataFile): Promise<ByteReader> {
  if (file.compression !== "none") return decompressing(file);
  const handle = await open(file.path, "r");
  return {
    async read(into, at, length) {
      const { bytesRead } = await handle.read(into, at, length);
      return bytesRead;
    },
    close: () => handle.close(),
  };
}

function decompressing(file: DataFile): ByteReader {
  const chunks = openBytes(file);
  let rest: Uint8Array = new Uint8Array(0);
  return {
    async read(into, at, length) {
      while (rest.length === 0) {
        const next = await chunks.next();
        if (next.done === true) return 0;
        rest = next.value;
      }
      const taken = rest.subarray(0, length);
      into.set(taken, at);
      rest = rest.subarray(taken.length);
      return taken.length;
    },
    async close() {
      await chunks.return(undefined);
    },
  };
}
