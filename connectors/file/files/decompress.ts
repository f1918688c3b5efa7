import { type Readable, Transform } from "node:stream";
import zlib from "node:zlib";

/** A stream of decompressed bytes; it fails where the compressed ones are cut or broken. */
export async function decompress(raw: Readable, compression: "gzip" | "zstd"): Promise<Readable> {
  const transform = compression === "gzip" ? zlib.createGunzip({ chunkSize: 1 << 18 }) : await zstdStream();
  raw.on("error", (error) => transform.destroy(error));
  return raw.pipe(transform);
}

/** Node has Zstandard from 22.15 on; before, a small decoder in JavaScript stands in. */
async function zstdStream(): Promise<Transform> {
  const native = (zlib as { createZstdDecompress?: () => Transform }).createZstdDecompress;
  if (native !== undefined) return native();
  const { Decompress } = await import("fzstd");
  let frameOpen = true;
  const out: Transform = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      try {
        decoder.push(chunk);
        done();
      } catch (error) {
        done(error as Error);
      }
    },
    flush(done) {
      try {
        decoder.push(new Uint8Array(), true);
        done(frameOpen ? new Error("unexpected end of file") : null);
      } catch (error) {
        done(error as Error);
      }
    },
  });
  const decoder = new Decompress((data, final) => {
    if (final) frameOpen = false;
    if (data.length > 0) out.push(Buffer.from(data));
  });
  return out;
}
