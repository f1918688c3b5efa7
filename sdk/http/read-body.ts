import type { Readable } from "node:stream";
import { freeMemory, ownsItsMemory } from "../batch/free-memory.js";
import { DataError } from "../errors.js";
import { networkError } from "./network-error.js";
import type { AnswerBody, RawResponse } from "./transport.js";

/**
 * Reads a body to its end.
 * @throws TransientError `http.network` where it breaks off · DataError `http.body_too_large`
 */
export async function readBody(
  { body, url, headers }: RawResponse,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Buffer> {
  if (Number(headers["content-length"] ?? 0) > maxBytes) {
    body.destroy();
    throw tooLarge(url, maxBytes);
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of bodyChunks(body, url, signal)) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(url, maxBytes);
  }
  return together(chunks, body);
}

/** The first bytes of a body, `bytes` of them or some more, and the rest of it, where there is one. */
export async function readStart(
  { body, url }: RawResponse,
  bytes: number,
  signal: AbortSignal,
): Promise<{ readonly start: Buffer; readonly rest: AsyncGenerator<Buffer> | undefined }> {
  const chunks = bodyChunks(body, url, signal);
  const taken: Buffer[] = [];
  for (let length = 0; length <= bytes; ) {
    const next = await chunks.next();
    if (next.done === true) return { start: together(taken, body), rest: undefined };
    taken.push(next.value);
    length += next.value.length;
  }
  return { start: together(taken, body), rest: chunks };
}

/** The chunks as one, in memory that nobody else holds; what they stood in is given back. */
function together(chunks: readonly Buffer[], { chunksAreOwn = false }: AnswerBody): Buffer {
  const [first] = chunks;
  if (first !== undefined && chunks.length === 1 && chunksAreOwn) return first;
  const whole = Buffer.concat(chunks);
  if (chunksAreOwn) freeMemory(chunks.filter(ownsItsMemory).map(({ buffer }) => buffer as ArrayBuffer));
  return whole;
}

/** The chunks of a body; leaving early destroys it. @throws TransientError `http.network` where it breaks off */
export async function* bodyChunks(body: Readable, url: URL, signal: AbortSignal): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) yield chunk;
  } catch (error) {
    throw signal.aborted ? signal.reason : networkError(error, url);
  } finally {
    // A stream of got's does not do so at its end, and the signal would hold it.
    body.destroy();
  }
}

function tooLarge({ host, pathname }: URL, maxBytes: number): DataError {
  const mebibytes = Math.floor(maxBytes / 1024 / 1024);
  return new DataError("http.body_too_large", `the answer of ${host}${pathname} is larger than ${mebibytes} MiB`, {
    hint: "ask for smaller pages, or raise --max-memory",
  });
}
