import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { z } from "../../../sdk/index.js";
import type { SourceFile } from "./source-file.js";

const loadedFile = z.strictObject({ size: z.number(), modified: z.number(), sha256: z.string().nullable() });

/** What was loaded of a stream: each file by its name, as it stood. */
export const fileState = z.strictObject({ files: z.record(z.string(), loadedFile) });

export type FileState = z.output<typeof fileState>;
export type LoadedFile = z.output<typeof loadedFile>;

/** Files up to this size are recognised by their content when only their time has changed; larger ones count as changed. */
export const hashedBytes = 64 * 1024 * 1024;

/** What to remember of a file once its rows are loaded. */
export async function loadedAs(file: SourceFile): Promise<LoadedFile> {
  const { size, modified } = file;
  return size > hashedBytes
    ? { size, modified, sha256: null }
    : { size, modified, sha256: await contentHash(file.path) };
}

/** How a file stands to what was loaded of it. */
export async function compareFile(
  file: SourceFile,
  loaded: LoadedFile | undefined,
): Promise<"new" | "changed" | "unchanged"> {
  if (loaded === undefined) return "new";
  if (loaded.size !== file.size) return "changed";
  if (loaded.modified === file.modified) return "unchanged";
  if (loaded.sha256 === null) return "changed";
  return (await contentHash(file.path)) === loaded.sha256 ? "unchanged" : "changed";
}

async function contentHash(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}
