import { type IndexedList, indexRecords } from "./index-records.js";
import { endOfString, endOfValue, incomplete, isJsonProblem, jsonByte, skipSpace } from "./json-scan.js";
import { keyText } from "./key-text.js";

/** The records of a document, and where in it their list stands. */
export interface FoundRecords extends IndexedList {
  readonly start: number;
  /** The keys that lead to the list. */
  readonly path: readonly string[];
}

/**
 * Finds the records in a JSON document without making values of it: the list at the end of a path of keys; with no path
 * the document itself where it is a list, else its only list. The whole document is looked at. Undefined where anything
 * is not as plain as that, or is no JSON: whoever parses the document will find out what it is.
 */
export function findRecords(bytes: Buffer, path: readonly string[] | undefined): FoundRecords | undefined {
  try {
    const start = skipSpace(bytes, byteOrderMark(bytes), bytes.length);
    const found =
      path === undefined && bytes[start] === jsonByte.openBrace
        ? onlyList(bytes, start)
        : atPath(bytes, start, path ?? []);
    if (found === undefined || skipSpace(bytes, found.documentEnd, bytes.length) < bytes.length) return undefined;
    return found;
  } catch (error) {
    if (isJsonProblem(error)) return undefined;
    throw error;
  }
}

type Found = FoundRecords & { readonly documentEnd: number };

function byteOrderMark(bytes: Buffer): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/** The list that is the value of the only member which has one. */
function onlyList(bytes: Buffer, start: number): Found | undefined {
  let lists = 0;
  const found = walk(bytes, start, (_, value) => bytes[value] === jsonByte.openBracket && ++lists === 1);
  return lists === 1 ? found : undefined;
}

function atPath(bytes: Buffer, start: number, path: readonly string[]): Found | undefined {
  const [first, ...rest] = path;
  if (first === undefined) {
    const list = bytes[start] === jsonByte.openBracket ? indexRecords(bytes, start) : undefined;
    return list && { ...list, start, path, documentEnd: list.end };
  }
  return walk(bytes, start, (key) => key === first, rest);
}

/** Goes through an object's members, to the records below the one that is the right one. */
function walk(
  bytes: Buffer,
  start: number,
  isRight: (key: string, valueStart: number) => boolean,
  rest: readonly string[] = [],
): Found | undefined {
  const { length } = bytes;
  if (bytes[start] !== jsonByte.openBrace) return undefined;
  let found: Found | undefined;
  let position = skipSpace(bytes, start + 1, length);
  while (bytes[position] === jsonByte.quote) {
    const keyEnd = endOfString(bytes, position, length);
    if (keyEnd === incomplete) return undefined;
    const key = keyText(bytes, position, keyEnd);
    const colon = skipSpace(bytes, keyEnd, length);
    if (bytes[colon] !== jsonByte.colon) return undefined;
    const value = skipSpace(bytes, colon + 1, length);
    // Of a key that comes twice the last counts; that is for a parser to say.
    if (key === found?.path[0]) return undefined;
    let end: number;
    if (isRight(key, value)) {
      const below = atPath(bytes, value, rest);
      if (below === undefined) return undefined;
      found = { ...below, path: [key, ...below.path] };
      end = below.documentEnd;
    } else end = endOfValue(bytes, value, length, true);
    if (end === incomplete) return undefined;
    position = skipSpace(bytes, end, length);
    if (bytes[position] === jsonByte.closeBrace) return found && { ...found, documentEnd: position + 1 };
    if (bytes[position] !== jsonByte.comma) return undefined;
    position = skipSpace(bytes, position + 1, length);
  }
  return undefined;
}
