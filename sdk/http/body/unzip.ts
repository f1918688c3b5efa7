import { crc32, inflateRawSync } from "node:zlib";
import { DataError } from "../../errors.js";

/** A file in an archive. */
export interface ZipEntry {
  readonly name: string;
  readonly bytes: Buffer;
}

/** https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3 */
const signatures = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50 } as const;
const endLength = 22;
const longestComment = 65_535;

/**
 * The files of a zip archive, in the order of its directory, each checked against its checksum.
 * @param mostBytes of all files together, unpacked: a small archive may hold a very large file
 * @throws DataError `http.not_zip` for what is no archive or a damaged, encrypted or 64-bit one; `http.body_too_large`
 */
export function unzip(archive: Buffer, mostBytes: number): ZipEntry[] {
  const end = endOfDirectory(archive);
  const count = archive.readUInt16LE(end + 10);
  const entries: ZipEntry[] = [];
  let at = archive.readUInt32LE(end + 16);
  let left = mostBytes;
  for (let i = 0; i < count; i++) {
    if (at + 46 > archive.length || archive.readUInt32LE(at) !== signatures.central)
      throw notZip("its directory is damaged");
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => archive.readUInt16LE(at + offset));
    const name = archive.toString("utf8", at + 46, at + 46 + nameLength!);
    if (!name.endsWith("/")) {
      const bytes = content(archive, at, name, left);
      left -= bytes.length;
      entries.push({ name, bytes });
    }
    at += 46 + nameLength! + extraLength! + commentLength!;
  }
  return entries;
}

function content(archive: Buffer, directory: number, name: string, mostBytes: number): Buffer {
  const flags = archive.readUInt16LE(directory + 8);
  const method = archive.readUInt16LE(directory + 10);
  const checksum = archive.readUInt32LE(directory + 16);
  const packedLength = archive.readUInt32LE(directory + 20);
  const length = archive.readUInt32LE(directory + 24);
  const local = archive.readUInt32LE(directory + 42);
  if ((flags & 1) !== 0) throw notZip(`'${name}' is encrypted`);
  if (length === 0xffffffff || local === 0xffffffff) throw notZip("it is a 64-bit archive");
  if (length > mostBytes) throw tooLarge(name, length);
  if (local + 30 > archive.length || archive.readUInt32LE(local) !== signatures.local)
    throw notZip(`'${name}' is damaged`);
  const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const bytes = unpacked(archive.subarray(start, start + packedLength), method, length, name);
  if (bytes.length !== length || crc32(bytes) !== checksum) throw notZip(`'${name}' is damaged`);
  return bytes;
}

function unpacked(packed: Buffer, method: number, length: number, name: string): Buffer {
  if (method === 0) return packed;
  if (method !== 8) throw notZip(`'${name}' is packed by method ${method}`);
  try {
    // One byte more than promised is enough to know that the promise was wrong.
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, length) });
  } catch {
    throw notZip(`'${name}' is damaged`);
  }
}

function endOfDirectory(archive: Buffer): number {
  const last = archive.length - endLength;
  for (let at = last; at >= Math.max(0, last - longestComment); at--) {
    if (archive.readUInt32LE(at) === signatures.end) return at;
  }
  throw notZip("it has no directory");
}

function notZip(why: string): DataError {
  return new DataError("http.not_zip", `the answer is no zip archive that can be read: ${why}`);
}

function tooLarge(name: string, length: number): DataError {
  const message = `'${name}' in the archive is ${Math.ceil(length / 1024 / 1024)} MiB unpacked, more than there is memory for`;
  return new DataError("http.body_too_large", message, { hint: "raise --max-memory" });
}
