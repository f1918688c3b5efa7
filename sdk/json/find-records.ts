import { type IndexedList, indexObject, indexRecords } from "./index-records.js";
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
  return found(bytes, (start) =>
    path === undefined && bytes[start] === jsonByte.openBrace
      ? onlyList(bytes, start)
      : atPath(bytes, start, { path: path ?? [], index: indexList }),
  );
}

/** The same for the one record that is an object at the end of a path. */
export function findRecord(bytes: Buffer, path: readonly string[]): FoundRecords | undefined {
  return found(bytes, (start) => atPath(bytes, start, { path, index: indexOne }));
}

/** What is at the end of a path, and how it is taken. */
interface Wanted {
  readonly path: readonly string[];
  index(bytes: Buffer, at: number): IndexedList | undefined;
}

function indexList(bytes: Buffer, at: number): IndexedList | undefined {
  return bytes[at] === jsonByte.openBracket ? indexRecords(bytes, at) : undefined;
}

function indexOne(bytes: Buffer, at: number): IndexedList | undefined {
  return bytes[at] === jsonByte.openBrace ? indexObject(bytes, at) : undefined;
}

function found(bytes: Buffer, find: (start: number) => Found | undefined): FoundRecords | undefined {
  try {
    const found = find(skipSpace(bytes, byteOrderMark(bytes), bytes.length));
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
  const isFirst = (_: string, value: number) => bytes[value] === jsonByte.openBracket && ++lists === 1;
  const found = walk(bytes, start, isFirst, { path: [], index: indexList });
  return lists === 1 ? found : undefined;
}

function atPath(bytes: Buffer, start: number, { path, index }: Wanted): Found | undefined {
  const [first, ...rest] = path;
  if (first === undefined) {
    const records = index(bytes, start);
    return records && { ...records, start, path, documentEnd: records.end };
  }
  return walk(bytes, start, (key) => key === first, { path: rest, index });
}

/** Goes through an object's members, to the records below the one that is the right one. */
function walk(
  bytes: Buffer,
  start: number,
  isRight: (key: string, valueStart: number) => boolean,
  below: Wanted,
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
      const inside = atPath(bytes, value, below);
      if (inside === undefined) return undefined;
      found = { ...inside, path: [key, ...inside.path] };
      end = inside.documentEnd;
    } else end = endOfValue(bytes, value, length, true);
    if (end === incomplete) return undefined;
    position = skipSpace(bytes, end, length);
    if (bytes[position] === jsonByte.closeBrace) return found && { ...found, documentEnd: position + 1 };
    if (bytes[position] !== jsonByte.comma) return undefined;
    position = skipSpace(bytes, position + 1, length);
  }
  return undefined;
}
