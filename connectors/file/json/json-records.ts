import { isUtf8 } from "node:buffer";
import { ConfigError, DataError } from "../../../sdk/index.js";
import {
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
import { ambiguous, byteOrderMark, isArrayOfObjects, type JsonFraming } from "./json-framing.js";

/** One record: where it stands in `bytes`. The object is the same for all records, and valid until the next one is asked for. */
export interface JsonRecord {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** The line it begins in, counted from 1. */
  line(): number;
}

/**
 * The records of a JSON file in runs: those of one run are at hand, and between two of them nobody waits. No more of the
 * file is in memory than one record needs.
 * @throws DataError `file.json`, `file.encoding`, `file.record_too_large` naming the line · ConfigError
 *   `file.records_not_found`, `file.records_ambiguous`
 */
export async function* jsonRecords(
  file: DataFile,
  framing: JsonFraming,
  maxRecordBytes: number,
): AsyncGenerator<Iterable<JsonRecord>> {
  const input = jsonInput(file, maxRecordBytes);
  try {
    await input.begin();
    if (framing.kind === "sequence") {
      while (await input.more()) {
        yield input.atHand(undefined);
        if (await input.more()) yield [await input.value()];
      }
    } else {
      yield* arrayAt(input, framing, 0);
      if (await input.more()) throw input.problem(input.at, "something after the end of the document");
    }
  } finally {
    await input.close();
  }
}

type Input = ReturnType<typeof jsonInput>;
type ArrayFraming = Extract<JsonFraming, { kind: "array" }>;

/** The records below the path from `depth` on; the value at the current position is consumed whole. */
async function* arrayAt(input: Input, framing: ArrayFraming, depth: number): AsyncGenerator<Iterable<JsonRecord>> {
  if (depth === framing.path.length) {
    if ((await input.peek()) !== jsonByte.openBracket) throw input.notFound(framing.path);
    yield* items(input);
    return;
  }
  if ((await input.peek()) !== jsonByte.openBrace) throw input.notFound(framing.path);
  let found = false;
  for await (const key of members(input)) {
    if (key === framing.path[depth] && !found) {
      found = true;
      yield* arrayAt(input, framing, depth + 1);
    } else if (depth === 0 && framing.chosen === "by_content" && (await input.atArrayOfObjects())) {
      throw ambiguous(input.file, [framing.path[0]!, key]);
    } else await input.value();
  }
  if (!found) throw input.notFound(framing.path);
}

async function* items(input: Input): AsyncGenerator<Iterable<JsonRecord>> {
  input.skip();
  if ((await input.peek()) === jsonByte.closeBracket) return input.skip();
  for (;;) {
    yield input.atHand(jsonByte.comma);
    yield [await input.value()];
    const next = await input.peek();
    input.skip();
    if (next === jsonByte.closeBracket) return;
    if (next !== jsonByte.comma) throw input.problem(input.at - 1, "no comma between two items");
  }
}

/** The keys of an object; behind each the position is at its value, which must be consumed. */
async function* members(input: Input): AsyncGenerator<string> {
  input.skip();
  if ((await input.peek()) === jsonByte.closeBrace) return input.skip();
  for (;;) {
    yield await input.key();
    const next = await input.peek();
    input.skip();
    if (next === jsonByte.closeBrace) return;
    if (next !== jsonByte.comma) throw input.problem(input.at - 1, "no comma between two members");
  }
}

/** The text as it comes, with a position in it. */
function jsonInput(file: DataFile, maxRecordBytes: number) {
  const chunks = openBytes(file);
  let bytes: Buffer = Buffer.alloc(0);
  let at = 0;
  let ended = false;
  /** Up to here the bytes are known to be UTF-8. */
  let checked = 0;
  const record = { bytes, start: 0, end: 0, line: () => lineAt(record.start) };
  /** Line of the byte at `counted`. */
  let line = 1;
  let counted = 0;

  function lineAt(position: number): number {
    if (position < counted) return line;
    for (;;) {
      const end = bytes.indexOf(0x0a, counted);
      if (end < 0 || end >= position) break;
      line++;
      counted = end + 1;
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

  /** Takes in at least as much again as is at hand, so that a long value is not looked through again and again. */
  async function fill(): Promise<boolean> {
    if (ended) return false;
    lineAt(at);
    const rest = bytes.subarray(at);
    const taken: Uint8Array[] = [rest];
    let length = 0;
    while (length < Math.max(1, rest.length)) {
      const next = await chunks.next();
      if (next.done) {
        ended = true;
        break;
      }
      taken.push(next.value);
      length += next.value.length;
    }
    counted = Math.max(0, counted - at);
    at = 0;
    bytes = Buffer.concat(taken);
    const whole = wholeCharacters(bytes);
    checked = isUtf8(bytes.subarray(0, whole)) ? whole : 0;
    return length > 0;
  }

  /** Takes the value from `at` to `end`. */
  function take(end: number): JsonRecord {
    if (end > checked && !isUtf8(bytes.subarray(at, end))) {
      const found = lineAt(at);
      throw new DataError("file.encoding", `${file.name}:${found}: the record has bytes that are not UTF-8`, {
        row: String(found),
        hint: "convert the file to UTF-8, which JSON requires",
      });
    }
    record.bytes = bytes;
    record.start = at;
    record.end = end;
    at = end;
    return record;
  }

  function endOfJson(last: boolean): number {
    try {
      return endOfValue(bytes, at, bytes.length, last);
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
      let end: number;
      try {
        end = scan(ended);
      } catch (error) {
        throw isJsonProblem(error) ? problem(error.at, error.jsonProblem) : error;
      }
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
    /** Passes over the byte that was peeked at. */
    skip() {
      at++;
    },
    /** The values that are there whole, but for one at the very end; with a separator, those that one follows. */
    *atHand(separator: number | undefined): Generator<JsonRecord> {
      for (;;) {
        at = skipSpace(bytes, at, bytes.length);
        const end = endOfJson(false);
        if (end === incomplete) return;
        const next = separator === undefined ? end : skipSpace(bytes, end, bytes.length);
        if (separator !== undefined && bytes[next] !== separator) return;
        yield take(end);
        if (separator !== undefined) at = next + 1;
      }
    },
    async value(): Promise<JsonRecord> {
      await peek();
      return take(await endOf((last) => endOfValue(bytes, at, bytes.length, last)));
    },
    async key(): Promise<string> {
      if ((await peek()) !== jsonByte.quote) throw problem(at, "no key where a key must stand");
      const end = await endOf(() => endOfString(bytes, at, bytes.length));
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
    notFound(path: readonly string[]): ConfigError {
      const name = path.length === 0 ? "the document" : `'${path.join(".")}'`;
      return new ConfigError("file.records_not_found", `${file.name}: ${name} is no array`, {
        hint: "set json.records to the path of the array that holds the records",
      });
    },
    async close() {
      await chunks.return(undefined);
    },
  };
}

/** How many bytes there are before a character that may be cut at the end. */
function wholeCharacters(bytes: Buffer): number {
  let end = bytes.length;
  while (end > 0 && end > bytes.length - 4 && bytes[end - 1]! >= 0x80) end--;
  return end;
}
