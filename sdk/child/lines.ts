import { isUtf8 } from "node:buffer";
import { DataError } from "../errors.js";

const newline = 0x0a;

/** A line of UTF-8; one of more than `longLine` bytes stays bytes, for whoever needs only parts of it as text. */
export type Line = string | Buffer;

const longLine = 1024 * 1024;

/** The first characters of a line. */
export function lineStart(line: Line, characters: number): string {
  return typeof line === "string" ? line.slice(0, characters) : line.toString("utf8", 0, characters);
}

/**
 * Splits bytes into lines of UTF-8, however long they are; the last needs no newline. The lines that end in one chunk
 * come together.
 * @throws DataError `child.not_utf8`
 */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<readonly Line[]> {
  let pending: Buffer[] = [];
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(newline);
    if (end < 0) {
      pending.push(chunk);
      continue;
    }
    const first = chunk.indexOf(newline);
    pending.push(chunk.subarray(0, first));
    const open = together(pending);
    pending = [];
    yield first === end ? [lineOf(open)] : [lineOf(open), ...textOf(chunk.subarray(first + 1, end)).split("\n")];
    pending = [chunk.subarray(end + 1)];
  }
  const rest = together(pending);
  if (rest.length > 0) yield [lineOf(rest)];
}

function together(chunks: readonly Buffer[]): Buffer {
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
}

function lineOf(bytes: Buffer): Line {
  if (bytes.length <= longLine) return textOf(bytes);
  requireUtf8(bytes);
  return bytes;
}

function textOf(bytes: Buffer): string {
  requireUtf8(bytes);
  return bytes.toString();
}

function requireUtf8(bytes: Buffer): void {
  if (!isUtf8(bytes)) {
    throw new DataError("child.not_utf8", "the program wrote bytes that are not UTF-8", {
      hint: "let it write UTF-8: for Python, env: { PYTHONUTF8: '1' }",
    });
  }
}
