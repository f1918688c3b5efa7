import { open } from "node:fs/promises";
import { gunzipSync, constants as zlib } from "node:zlib";
import { ConfigError } from "../../../sdk/index.js";
import type { Format } from "../config.js";
import { unreadable } from "./list-files.js";
import type { Compression, DataFile, SourceFile } from "./source-file.js";

const byExtension: Readonly<Record<string, Format>> = {
  csv: "csv",
  txt: "csv",
  tsv: "tsv",
  tab: "tsv",
  json: "json",
  geojson: "json",
  jsonl: "jsonl",
  ndjson: "jsonl",
  parquet: "parquet",
  pq: "parquet",
  arrow: "arrow",
  arrows: "arrow",
  feather: "arrow",
  ipc: "arrow",
};

/** A file's name without folder and extensions: `in/orders.csv.gz` → `orders`, `gz`, `csv`. */
export function splitName(name: string): { stem: string; extension: string; compression: Compression } {
  const file = name.slice(name.lastIndexOf("/") + 1);
  const compressed = /\.(gz|gzip|zst|zstd)$/i.exec(file);
  const inner = compressed ? file.slice(0, compressed.index) : file;
  const dot = inner.lastIndexOf(".");
  const compression = compressed ? (/^gz/i.test(compressed[1]!) ? "gzip" : "zstd") : "none";
  return {
    stem: dot > 0 ? inner.slice(0, dot) : inner,
    extension: dot > 0 ? inner.slice(dot + 1).toLowerCase() : "",
    compression,
  };
}

/** The format a name's extension says, undefined where it says none. */
export function formatByName(name: string): Format | undefined {
  return byExtension[splitName(name).extension];
}

/**
 * A file's format and compression: the settings, else its extension, else its first bytes.
 * @throws ConfigError `file.unknown_format`
 */
export async function detectFormat(file: SourceFile, configured?: Format): Promise<DataFile> {
  const named = splitName(file.name);
  const known = configured ?? byExtension[named.extension];
  const head = await readHead(file.path, 4096);
  const compression = compressionOf(head);
  if (known !== undefined) return { ...file, format: known, compression };
  const format = formatOfContent(compression === "gzip" ? inflateHead(head) : head);
  if (format === undefined) {
    throw new ConfigError(
      "file.unknown_format",
      `${file.name}: neither its extension nor its content says its format`,
      {
        hint: "set format to csv, tsv, json, jsonl, parquet or arrow",
      },
    );
  }
  return { ...file, format, compression };
}

async function readHead(path: string, bytes: number): Promise<Buffer> {
  try {
    const handle = await open(path, "r");
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function compressionOf(head: Buffer): Compression {
  if (head[0] === 0x1f && head[1] === 0x8b) return "gzip";
  if (head.length >= 4 && head.readUInt32LE(0) === 0xfd2fb528) return "zstd";
  return "none";
}

function inflateHead(head: Buffer): Buffer {
  return gunzipSync(head, { finishFlush: zlib.Z_SYNC_FLUSH, maxOutputLength: 16 * 1024 * 1024 });
}

function formatOfContent(head: Buffer): Format | undefined {
  const start = head.toString("latin1", 0, 8);
  if (start.startsWith("PAR1")) return "parquet";
  if (start.startsWith("ARROW1") || start.startsWith("\xff\xff\xff\xff")) return "arrow";
  const text = head.toString("utf8").trimStart();
  if (text.startsWith("[")) return "json";
  if (text.startsWith("{")) return "json";
  if (head.includes(0)) return undefined;
  const line = text.split("\n", 1)[0]!;
  if (line.includes("\t")) return "tsv";
  return /[,;|]/.test(line) ? "csv" : undefined;
}
