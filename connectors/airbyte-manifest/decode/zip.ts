import { inflateRawSync } from "node:zlib";
import { DataError } from "../../../sdk/errors.js";

/**
 * The files in a zip archive (APPNOTE.TXT 4.3), unpacked one after the other.
 * @throws DataError `decode.zip` for what is damaged, encrypted, packed by another method or too large
 */
export function* zipEntries(archive: Uint8Array, maxBytes: number): Generator<Uint8Array, void> {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const end = endOfDirectory(view);
  let at = view.getUint32(end + 16, true);
  let left = maxBytes;
  for (let entries = view.getUint16(end + 10, true); entries > 0; entries--) {
    if (at + 46 > archive.length || view.getUint32(at, true) !== 0x02014b50) throw damaged("its directory is cut");
    const flags = view.getUint16(at + 8, true);
    const method = view.getUint16(at + 10, true);
    const packed = view.getUint32(at + 20, true);
    const local = view.getUint32(at + 42, true);
    if ((flags & 1) !== 0) throw damaged("it is encrypted");
    if (local + 30 > archive.length) throw damaged("a file lies beyond its end");
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const content = unpacked(archive.subarray(start, start + packed), method, left);
    left -= content.length;
    at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    yield content;
  }
}

function unpacked(bytes: Uint8Array, method: number, maxBytes: number): Uint8Array {
  if (bytes.length === 0) return bytes;
  if (method === 0) return bytes;
  if (method !== 8) throw damaged(`a file is packed by the method ${method}`);
  try {
    return inflateRawSync(bytes, { maxOutputLength: Math.max(1, maxBytes) });
  } catch (cause) {
    throw new DataError("decode.zip", "a file of a zip archive is damaged or too large", { cause });
  }
}

function endOfDirectory(view: DataView): number {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 65_557); at--) {
    if (view.getUint32(at, true) === 0x06054b50) return at;
  }
  throw damaged("it has no directory");
}

function damaged(why: string): DataError {
  return new DataError("decode.zip", `a body is no zip archive that can be read: ${why}`);
}
