import type { IncomingMessage } from "node:http";
import { type Duplex, pipeline, Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from "node:zlib";

/** The encodings of a body on its way that `decodedBody` takes off (RFC 9110, 8.4.1). */
export const acceptedEncodings = "gzip, deflate, br";

/** Makes a decoder for a body that begins with these bytes. */
type MakeDecoder = (start: Buffer) => Duplex;

const decoders: Readonly<Record<string, MakeDecoder>> = {
  gzip: () => createGunzip(),
  "x-gzip": () => createGunzip(),
  br: () => createBrotliDecompress(),
  // Some servers leave out the frame that the standard asks for: its first byte would say the method, 8.
  deflate: (start) => ((start[0]! & 0x0f) === 8 ? createInflate() : createInflateRaw()),
};

/** The body of an answer as the server had it before it packed it for the way. An empty one is not packed, whatever its headers say. */
export function decodedBody(response: IncomingMessage): Readable {
  const decoder = decoders[response.headers["content-encoding"]?.trim().toLowerCase() ?? ""];
  return decoder === undefined ? response : Readable.from(decoded(response, decoder), { objectMode: false });
}

async function* decoded(response: IncomingMessage, makeDecoder: MakeDecoder): AsyncGenerator<Buffer> {
  const chunks = response[Symbol.asyncIterator]() as AsyncIterableIterator<Buffer>;
  try {
    const first = await chunks.next();
    if (first.done === true) return;
    const decoder = makeDecoder(first.value);
    // What goes wrong on either side comes out of the decoder.
    pipeline(whole(first.value, chunks), decoder, () => undefined);
    yield* decoder as AsyncIterable<Buffer>;
  } finally {
    response.destroy();
  }
}

async function* whole(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}
