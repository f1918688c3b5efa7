import { isUtf8 } from "node:buffer";
import { type FileHandle, open } from "node:fs/promises";
import { type Column, DataError } from "../../../sdk/index.js";
import { eachMember, isJsonProblem, jsonByte, skipSpace } from "../../../sdk/json/json-scan.js";
import { keyText } from "../../../sdk/json/key-text.js";
import type { DataFile } from "../files/source-file.js";
import {
  endOfLine,
  type FixedText,
  fixedText,
  type LineTemplate,
  type ValueCheck,
  valueCheck,
} from "./json-lines-check.js";

/** Every line of a file is one record that DuckDB's reader takes exactly. */
export interface JsonLinesGuard {
  /**
   * Reads the file and checks every value.
   * @throws DataError `type.mismatch` for whatever must be read more carefully
   */
  check(file: DataFile, signal: AbortSignal): Promise<void>;
}

const chunkBytes = 1 << 20;
/** DuckDB's own limit for a record. */
const longestLine = 16 * 1024 * 1024;

/** The guard of a stream's columns; undefined where one of them is of a type that only the exact reader can read. */
export function jsonLinesGuard(columns: readonly Column[]): JsonLinesGuard | undefined {
  const checks = new Map<string, ValueCheck>();
  for (const column of columns) {
    const check = valueCheck(column);
    if (check === undefined) return undefined;
    checks.set(column.name, check);
  }

  function checkLines(file: DataFile, bytes: Buffer, firstLine: number, template: LineTemplate | undefined) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let known = template;
    let line = firstLine;
    let start = 0;
    while (start < bytes.length) {
      let stop = known === undefined ? -1 : endOfLine(known, bytes, view, start, bytes.length);
      if (stop < 0 || bytes[stop] !== 0x0a) {
        const newline = bytes.indexOf(0x0a, start);
        const end = newline < 0 ? bytes.length : newline;
        if (skipSpace(bytes, start, end) < end) known = checkRecord(file, bytes, view, start, end, line) ?? known;
        stop = end;
      }
      start = stop + 1;
      line++;
    }
    return { line, template: known };
  }

  /** A line of another form: its members one by one. Gives the template of lines like it. */
  function checkRecord(
    file: DataFile,
    bytes: Buffer,
    view: DataView,
    start: number,
    end: number,
    line: number,
  ): LineTemplate | undefined {
    const refuse = (what: string, column?: string) =>
      new DataError("type.mismatch", `${file.name}:${line}: ${what}`, {
        row: String(line),
        ...(column === undefined ? {} : { column }),
        hint: "read the file value by value",
      });
    const texts: FixedText[] = [];
    const used: ValueCheck[] = [];
    const seen = new Set<string>();
    let before = start;
    const stop = atLine(refuse, () =>
      eachMember(bytes, expectObject(bytes, start, refuse), end, true, (keyStart, keyEnd, valueStart, valueEnd) => {
        const key = keyText(bytes, keyStart, keyEnd);
        const check = checks.get(key);
        if (check === undefined || seen.has(key)) throw refuse(`the key '${key}' is new or comes twice`, key);
        if (check(bytes, view, valueStart, Math.min(valueEnd + 1, bytes.length)) !== valueEnd) {
          const shown = bytes.toString("utf8", valueStart, Math.min(valueEnd, valueStart + 80));
          throw refuse(`column '${key}' seemed to be of another type and holds ${shown}`, key);
        }
        seen.add(key);
        texts.push(fixedText(bytes.subarray(before, valueStart)));
        used.push(check);
        before = valueEnd;
      }),
    );
    if (stop < 0 || skipSpace(bytes, stop, end) < end) throw refuse("the line is not one record");
    if (bytes[end - 1] !== jsonByte.closeBrace && bytes[end - 1] !== 0x0d) return undefined;
    texts.push(fixedText(bytes.subarray(before, end)));
    return { texts, checks: used };
  }

  return {
    async check(file, signal) {
      const handle = await open(file.path, "r");
      try {
        let line = 1;
        let template: LineTemplate | undefined;
        for await (const bytes of wholeLines(handle, signal)) {
          if (!isUtf8(bytes)) throw new DataError("type.mismatch", `${file.name}: bytes that are not UTF-8`);
          ({ line, template } = checkLines(file, bytes, line, template));
        }
      } finally {
        await handle.close();
      }
    },
  };
}

function expectObject(bytes: Buffer, start: number, refuse: (what: string) => DataError): number {
  const at = skipSpace(bytes, start, bytes.length);
  if (bytes[at] !== jsonByte.openBrace) throw refuse("the line is not an object");
  return at;
}

function atLine(refuse: (what: string) => DataError, scan: () => number): number {
  try {
    return scan();
  } catch (error) {
    throw isJsonProblem(error) ? refuse(error.jsonProblem) : error;
  }
}

/** The file in pieces that end where lines end; each is valid until the next is asked for. */
async function* wholeLines(handle: FileHandle, signal: AbortSignal): AsyncGenerator<Buffer> {
  let room = Buffer.allocUnsafeSlow(chunkBytes * 2);
  let filled = 0;
  for (;;) {
    signal.throwIfAborted();
    if (filled + chunkBytes > room.length) room = Buffer.concat([room.subarray(0, filled)], room.length * 2);
    const { bytesRead } = await handle.read(room, filled, chunkBytes);
    if (bytesRead === 0) break;
    filled += bytesRead;
    const end = room.lastIndexOf(0x0a, filled - 1) + 1;
    if (end === 0) {
      if (filled > longestLine) throw new DataError("type.mismatch", "a line is longer than DuckDB's reader takes");
      continue;
    }
    yield room.subarray(0, end);
    room.copyWithin(0, end, filled);
    filled -= end;
  }
  if (filled > 0) yield room.subarray(0, filled);
}
