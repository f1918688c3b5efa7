import { isUtf8 } from "node:buffer";
import { DataError } from "../errors.js";

const newline = 0x0a;

/**
 * Splits bytes into lines of UTF-8, however long they are; the last needs no newline. The lines that end in one chunk
 * come together.
 * @throws DataError `child.not_utf8`
 */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<readonly string[]> {
  let pending: Buffer[] = [];
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(newline);
    if (end < 0) {
      pending.push(chunk);
      continue;
    }
    pending.push(chunk.subarray(0, end));
    yield textOf(pending).split("\n");
    pending = [chunk.subarray(end + 1)];
  }
  const rest = textOf(pending);
  if (rest !== "") yield [rest];
}

function textOf(chunks: readonly Buffer[]): string {
  const [only] = chunks;
  const bytes = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
  if (!isUtf8(bytes)) {
    throw new DataError("child.not_utf8", "the program wrote bytes that are not UTF-8", {
      hint: "let it write UTF-8: for Python, env: { PYTHONUTF8: '1' }",
    });
  }
  return bytes.toString();
}
