import { pipeline, Readable } from "node:stream";
import { crc32, createGunzip, createInflateRaw } from "node:zlib";
import { DataError } from "../../errors.js";
import { damaged, type ZipMember } from "./unzip.js";

/** Bytes as they come. */
export type Chunks = AsyncIterable<Uint8Array>;

/**
 * The content of a gzip file while its bytes come.
 * @throws DataError `http.not_gzip`; and what comes out of the bytes' source
 */
export async function* gunzipped(chunks: Chunks): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  pipeline(chunks, gunzip, () => undefined);
  try {
    yield* gunzip as AsyncIterable<Buffer>;
  } catch (cause) {
    if (!isOfZlib(cause)) throw cause;
    throw new DataError("http.not_gzip", "the answer is no gzip file or a damaged one", { cause });
  }
}

/**
 * The content of a file in an archive, which is known to be whole once all of it was given.
 * @throws DataError `http.not_zip`
 */
export async function* unzipped({ name, packed, isDeflated, length, checksum }: ZipMember): AsyncGenerator<Buffer> {
  const source = Readable.from([packed]);
  const content = isDeflated ? source.pipe(createInflateRaw()) : source;
  let [bytes, sum] = [0, 0];
  try {
    for await (const chunk of content as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      sum = crc32(chunk, sum);
      // One that grows beyond its promise may grow without end.
      if (bytes > length) break;
      yield chunk;
    }
  } catch (cause) {
    if (isOfZlib(cause)) throw damaged(name);
    throw cause;
  }
  if (bytes !== length || sum !== checksum) throw damaged(name);
}

function isOfZlib(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("Z_");
}
