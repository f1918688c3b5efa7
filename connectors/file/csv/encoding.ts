import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ConfigError, DataError } from "../../../sdk/index.js";
import { openBytes } from "../files/open-bytes.js";
import type { DataFile } from "../files/source-file.js";

const utf8Names = /^utf-?8$/i;

/**
 * The encoding of a text file: the settings', or with `auto` its byte order mark's, or UTF-8. `undefined` stands for
 * UTF-8, which the readers take as it is.
 * @throws ConfigError `file.unknown_encoding`
 */
export async function encodingOf(head: Uint8Array, configured: string): Promise<string | undefined> {
  if (configured === "auto") {
    if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
    if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
    return undefined;
  }
  if (utf8Names.test(configured)) return undefined;
  const { default: iconv } = await import("iconv-lite");
  if (iconv.encodingExists(configured)) return configured;
  throw new ConfigError("file.unknown_encoding", `unknown encoding '${configured}'`, {
    hint: "for example utf-8, utf-16le, latin1, windows-1252, shift_jis",
  });
}

/** Bytes as text; a byte order mark is left out. */
export async function decodeText(bytes: Uint8Array, encoding: string | undefined): Promise<string> {
  if (encoding === undefined) return new TextDecoder("utf-8").decode(bytes);
  const { default: iconv } = await import("iconv-lite");
  return iconv.decode(Buffer.from(bytes), encoding);
}

/**
 * Writes a file again as UTF-8 into `workDir`, for readers that know no other encoding, and returns it.
 * @throws DataError `file.encoding` where bytes are not of that encoding
 */
export async function transcode(file: DataFile, encoding: string, workDir: string): Promise<DataFile> {
  const { default: iconv } = await import("iconv-lite");
  const decoder = iconv.getDecoder(encoding);
  const path = join(workDir, `${crypto.randomUUID()}.csv`);
  async function* text() {
    let line = 1;
    for await (const chunk of openBytes(file)) {
      const decoded = decoder.write(Buffer.from(chunk));
      const broken = decoded.indexOf("\ufffd");
      if (broken >= 0) throw notOfEncoding(file, encoding, line + countLines(decoded.slice(0, broken)));
      line += countLines(decoded);
      yield decoded;
    }
    const rest = decoder.end() ?? "";
    if (rest.includes("\ufffd")) throw notOfEncoding(file, encoding, line);
    yield rest;
  }
  await pipeline(Readable.from(text()), createWriteStream(path));
  return { ...file, path, compression: "none" };
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}

function notOfEncoding(file: DataFile, encoding: string, line: number): DataError {
  return new DataError("file.encoding", `${file.name}:${line}: the line has bytes that are not ${encoding}`, {
    row: String(line),
    hint: "set csv.encoding as the file was written",
  });
}
