import { open } from "node:fs/promises";
import type { Column } from "../../../../sdk/index.js";
import type { DataFile } from "../../files/source-file.js";
import { marginBytes, plainMemory, sharedMemory } from "../../guard/guard-memory.js";
import type { ValueForm } from "../../guard/value-form.js";
import { linesCheck, mismatch } from "./lines-check.js";
import { memberForm } from "./member-form.js";

/** Every line of a file is one record that DuckDB's reader takes exactly. */
export interface JsonLinesGuard {
  /**
   * Reads the file and checks every value, or those of its first lines alone.
   * @throws DataError `type.mismatch` for whatever must be read more carefully
   */
  check(file: DataFile, signal: AbortSignal, part?: "whole" | "head"): Promise<void>;
}

const chunkBytes = 1 << 20;
/** Smaller files have too few lines for any form to be compiled. */
const leastShared = 4 * 1024 * 1024;
/** DuckDB's own limit for a record. */
const longestLine = 16 * 1024 * 1024;
const lineFeed = 0x0a;

/** The guard of a stream's columns; undefined where one of them is of a type that only the exact reader can read. */
export function jsonLinesGuard(columns: readonly Column[]): JsonLinesGuard | undefined {
  const fields = new Map<string, ValueForm>();
  for (const column of columns) {
    const field = memberForm(column);
    if (field === undefined) return undefined;
    fields.set(column.name, field);
  }

  return {
    async check(file, signal, part = "whole") {
      const handle = await open(file.path, "r");
      try {
        const isMany = part === "whole" && file.size >= leastShared;
        const memory = (isMany ? sharedMemory : plainMemory)(2 * chunkBytes);
        let end = 0;
        const lines = linesCheck({ fileName: file.name, fields, memory });
        for (;;) {
          signal.throwIfAborted();
          if (end > longestLine) throw mismatch(`${file.name}: a line is longer than DuckDB's reader takes`);
          memory.makeRoom(end + chunkBytes);
          const { bytes } = memory;
          const { bytesRead } = await handle.read(bytes, end, chunkBytes);
          const last = bytesRead === 0;
          if (last && end > 0) bytes[end++] = lineFeed;
          const unfinished = last ? end : bytes.lastIndexOf(lineFeed, end + bytesRead - 1) + 1;
          end += bytesRead;
          bytes.fill(0, end, end + marginBytes);
          lines.check(unfinished);
          if (last || (part === "head" && unfinished > 0)) return;
          bytes.copyWithin(0, unfinished, end);
          end -= unfinished;
        }
      } finally {
        await handle.close();
      }
    },
  };
}
