import { isUtf8 } from "node:buffer";
import { DataError } from "../../../sdk/index.js";
import {
  eachMember,
  endOfString,
  endOfValue,
  incomplete,
  isJsonProblem,
  jsonByte,
  skipSpace,
} from "../../../sdk/json/json-scan.js";
import { keyText } from "../../../sdk/json/key-text.js";
import { openBytes } from "../files/open-bytes.js";
import type { DataFile } from "../files/source-file.js";
import { countLines } from "./count-lines.js";
import { byteOrderMark, isArrayOfObjects } from "./json-framing.js";
import { type RunIndex, runIndex } from "./run-index.js";

/** Records that are at hand: the object is the same for all of them, and valid until the next ones are asked for. */
export interface JsonRun {
  readonly records: RunIndex["records"];
  /** The line in which a record begins, counted from 1. */
  line(record: number): number;
}

const stepBytes = 1 << 20;
/** Room that one long record took is not kept for ordinary ones. */
const keptBytes = 8 * stepBytes;

/** A JSON text as it comes, with a position in it. No more of the file is in memory than one record needs. */
export function jsonInput(file: DataFile, maxRecordBytes: number) {
  const chunks = openBytes(file);
  let room = Buffer.alloc(0);
  let bytes: Buffer = room.subarray(0, 0);
  let at = 0;
  let ended = false;
  /** Up to here the bytes are known to be UTF-8. */
  let checked = 0;
  const index = runIndex();
  const run: JsonRun = { records: index.records, line: (record) => lineAt(index.records.bounds[2 * record]!) };
  /** Line of the byte at `counted`. */
  let line = 1;
  let counted = 0;

  function lineAt(position: number): number {
    if (position > counted) {
      line += countLines(bytes, counted, position);
      counted = position;
    }
    return line;
  }

  function problem(position: number, what: string): DataError {
    const found = lineAt(position);
    const shown = bytes.toString("utf8", Math.max(0, position - 20), position + 40).replaceAll(/\s+/g, " ");
    return new DataError("file.json", `${file.name}:${found}: ${what}, near '${shown}'`, {
      row: String(found),
      hint: "fix the file; one that is cut off must be copied again",
    });
  }

  /** Room for what is at hand and so many bytes more, with what is at hand at its beginning. */
  function makeRoom(more: number): void {
    const { length } = bytes;
    const needed = length + more;
    const isTooLarge = room.length > keptBytes && needed < room.length / 4;
    if (needed <= room.length && !isTooLarge) return;
    const larger = Buffer.allocUnsafeSlow(Math.ceil(needed / stepBytes) * stepBytes);
    bytes.copy(larger);
    room = larger;
    bytes = room.subarray(0, length);
  }

  /** Takes in at least as much again as is at hand, so that a long value is not looked through again and again. */
  async function fill(): Promise<boolean> {
    if (ended) return false;
    lineAt(at);
    room.copyWithin(0, at, bytes.length);
    bytes = room.subarray(0, bytes.length - at);
    counted -= at;
    at = 0;
    const before = bytes.length;
    while (bytes.length < Math.max(1, 2 * before)) {
      const next = await chunks.next();
      if (next.done) {
        ended = true;
        break;
      }
      const { length } = bytes;
      makeRoom(next.value.length);
      room.set(next.value, length);
      bytes = room.subarray(0, length + next.value.length);
    }
    const whole = wholeCharacters(bytes);
    checked = isUtf8(bytes.subarray(0, whole)) ? whole : 0;
    return bytes.length > before;
  }

  function endOfJson(last: boolean): number {
    return scanned(() => endOfValue(bytes, at, bytes.length, last));
  }

  function scanned(scan: () => number): number {
    try {
      return scan();
    } catch (error) {
      throw isJsonProblem(error) ? problem(error.at, error.jsonProblem) : error;
    }
  }

  async function more(): Promise<boolean> {
    for (;;) {
      at = skipSpace(bytes, at, bytes.length);
      if (at < bytes.length) return true;
      if (!(await fill())) return false;
    }
  }

  async function peek(): Promise<number> {
    if (await more()) return bytes[at]!;
    throw problem(bytes.length, "the file ends too early");
  }

  /** Where the token at the current position ends, once it is there whole. */
  async function endOf(scan: (last: boolean) => number): Promise<number> {
    for (;;) {
      const end = scan(ended);
      if (end !== incomplete) return end;
      if (bytes.length - at > maxRecordBytes) {
        const found = lineAt(at);
        throw new DataError(
          "file.record_too_large",
          `${file.name}:${found}: a record is longer than ${maxRecordBytes} bytes`,
          {
            row: String(found),
            hint: "set json.max_record_bytes higher, or json.records to where the records are",
          },
        );
      }
      if (!(await fill())) throw problem(at, "the file ends inside the value that begins here");
    }
  }

  function twice(key: string): DataError {
    const found = lineAt(at);
    return new DataError("file.json", `${file.name}:${found}: the key '${key}' comes twice in one record`, {
      row: String(found),
      column: key,
      hint: "a reader could take only one of the values: remove the other",
    });
  }

  /** Where the value at the current position ends; it is all at hand then. */
  async function endOfNext(): Promise<number> {
    await peek();
    return endOf(endOfJson);
  }

  function requireUtf8(end: number): void {
    if (end <= checked || isUtf8(bytes.subarray(at, end))) return;
    const found = lineAt(at);
    throw new DataError("file.encoding", `${file.name}:${found}: the record has bytes that are not UTF-8`, {
      row: String(found),
      hint: "convert the file to UTF-8, which JSON requires",
    });
  }

  return {
    file,
    get at() {
      return at;
    },
    async begin() {
      await fill();
      at = byteOrderMark(bytes);
      if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
        throw new DataError("file.encoding", `${file.name} is UTF-16; JSON files are UTF-8`, {
          hint: "convert it to UTF-8",
        });
      }
    },
    more,
    peek,
    /** Passes over a value. */
    async value(): Promise<void> {
      const end = await endOfNext();
      requireUtf8(end);
      at = end;
    },
    /** Passes over the byte that was peeked at. */
    skip() {
      at++;
    },
    /** The records that are there whole and plain, but for one at the very end; with a separator, those that one follows. */
    atHand(separator: number | undefined): JsonRun {
      at = index.take(bytes.subarray(0, Math.max(at, checked)), at, separator);
      return run;
    },
    /** The record at the current position. */
    async record(): Promise<JsonRun> {
      const end = await endOfNext();
      requireUtf8(end);
      if (!index.takeOne(bytes.subarray(0, end), at)) throw twice(firstTwice(bytes, at, end));
      at = end;
      return run;
    },
    async key(): Promise<string> {
      if ((await peek()) !== jsonByte.quote) throw problem(at, "no key where a key must stand");
      const end = await endOf(() => scanned(() => endOfString(bytes, at, bytes.length)));
      const key = keyText(bytes, at, end);
      at = end;
      if ((await peek()) !== jsonByte.colon) throw problem(at, "no colon after a key");
      at++;
      await peek();
      return key;
    },
    async atArrayOfObjects(): Promise<boolean> {
      if (bytes[at] === jsonByte.openBracket && bytes.length - at < 1024) await fill();
      return isArrayOfObjects(bytes.subarray(at, at + 1024), 0);
    },
    problem,
    async close() {
      await chunks.return(undefined);
    },
  };
}

/** The key of an object that comes twice in it. */
function firstTwice(bytes: Buffer, start: number, end: number): string {
  const seen = new Set<string>();
  let found = "";
  eachMember(bytes, start, end, true, (keyStart, keyEnd) => {
    const key = keyText(bytes, keyStart, keyEnd);
    if (seen.has(key)) found = key;
    seen.add(key);
  });
  return found;
}

/** How many bytes there are before a character that may be cut at the end. */
function wholeCharacters(bytes: Buffer): number {
  let end = bytes.length;
  while (end > 0 && end > bytes.length - 4 && bytes[end - 1]! >= 0x80) end--;
  return end;
}
