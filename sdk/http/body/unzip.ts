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

/** A file in an archive, still packed. */
export interface ZipMember {
  readonly name: string;
  readonly packed: Buffer;
  readonly isDeflated: boolean;
  /** Bytes that it unpacks to. */
  readonly length: number;
  readonly checksum: number;
}

/**
 * The files of a zip archive, in the order of its directory, each checked against its checksum.
 * @param mostBytes of all files together, unpacked: a small archive may hold a very large file
 * @throws DataError `http.not_zip` for what is no archive or a damaged, encrypted or 64-bit one; `http.body_too_large`
 */
export function unzip(archive: Buffer, mostBytes: number): ZipEntry[] {
  let left = mostBytes;
  return zipMembers(archive).map((member) => {
    if (member.length > left) throw tooLarge(member.name, member.length);
    const bytes = unpacked(member);
    if (bytes.length !== member.length || crc32(bytes) !== member.checksum) throw damaged(member.name);
    left -= bytes.length;
    return { name: member.name, bytes };
  });
}

/**
 * The files of a zip archive as they stand in it.
 * @throws DataError `http.not_zip`
 */
export function zipMembers(archive: Buffer): ZipMember[] {
  const end = endOfDirectory(archive);
  const count = archive.readUInt16LE(end + 10);
  const members: ZipMember[] = [];
  let at = archive.readUInt32LE(end + 16);
  for (let i = 0; i < count; i++) {
    if (at + 46 > archive.length || archive.readUInt32LE(at) !== signatures.central)
      throw notZip("its directory is damaged");
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => archive.readUInt16LE(at + offset));
    const name = archive.toString("utf8", at + 46, at + 46 + nameLength!);
    if (!name.endsWith("/")) members.push(memberAt(archive, at, name));
    at += 46 + nameLength! + extraLength! + commentLength!;
  }
  return members;
}

function memberAt(archive: Buffer, directory: number, name: string): ZipMember {
  const flags = archive.readUInt16LE(directory + 8);
  const method = archive.readUInt16LE(directory + 10);
  const checksum = archive.readUInt32LE(directory + 16);
  const packedLength = archive.readUInt32LE(directory + 20);
  const length = archive.readUInt32LE(directory + 24);
  const local = archive.readUInt32LE(directory + 42);
  if ((flags & 1) !== 0) throw notZip(`'${name}' is encrypted`);
  if (length === 0xffffffff || local === 0xffffffff) throw notZip("it is a 64-bit archive");
  if (method !== 0 && method !== 8) throw notZip(`'${name}' is packed by method ${method}`);
  if (local + 30 > archive.length || archive.readUInt32LE(local) !== signatures.local) throw damaged(name);
  const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const packed = archive.subarray(start, start + packedLength);
  return { name, packed, isDeflated: method === 8, length, checksum };
}

function unpacked({ name, packed, isDeflated, length }: ZipMember): Buffer {
  if (!isDeflated) return packed;
  try {
    // One byte more than promised is enough to know that the promise was wrong.
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, length) });
  } catch {
    throw damaged(name);
  }
}

export function damaged(name: string): DataError {
  return notZip(`'${name}' is damaged`);
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
