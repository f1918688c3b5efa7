import type { Column, Inference } from "../../sdk/index.js";
import type { Format } from "./config.js";
import type { DataFile } from "./files/source-file.js";
import type { ColumnEvidence, FileReader } from "./reader.js";
import { streamColumns } from "./stream-columns.js";
import { inspectedRows } from "./wide-rows.js";

interface Inspection {
  readonly files: readonly DataFile[];
  readonly inference: Inference;
  readonly reader: (format: Format) => Promise<FileReader>;
  readonly signal: AbortSignal;
}

/** Rows looked at before an optimistic load, over all files of a stream. */
const sampledRows = 4096;
const leastRowsOfFile = 256;

/**
 * The columns of a stream's files. `optimistic`: by the first rows of every file; the read checks every value then.
 * `exhaustive`: by every value.
 */
export async function inspectFiles({ files, inference, reader, signal }: Inspection): Promise<readonly Column[]> {
  const share = Math.max(leastRowsOfFile, Math.floor(sampledRows / Math.max(1, files.length)));
  const found: (readonly ColumnEvidence[])[] = [];
  for (const file of files) {
    signal.throwIfAborted();
    const open = await reader(file.format);
    const rows = inference === "optimistic" ? await inspectedRows(file, open, share) : undefined;
    found.push(await open.inspect(file, rows));
  }
  return streamColumns(found);
}
