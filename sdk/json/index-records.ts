import type { JsonRecords } from "./json-records.js";
import { incomplete, jsonByte, skipSpace } from "./json-scan.js";
import { pastSpace } from "./plain-token.js";
import { addRecord, openIndex } from "./record-index.js";

/** A list of records, and where it ends. */
export interface IndexedList {
  readonly records: JsonRecords;
  readonly end: number;
}

/**
 * Indexes the list that begins at `at`, all of which must be there. Undefined where it is no complete list, where an item
 * is no object, or where the records are too different from each other.
 * @throws JsonProblem
 */
export function indexRecords(bytes: Buffer, at: number): IndexedList | undefined {
  const { length } = bytes;
  const index = openIndex(bytes);
  let position = skipSpace(bytes, at + 1, length);
  if (bytes[position] === jsonByte.closeBracket) return { records: index, end: position + 1 };
  for (;;) {
    if (bytes[position] !== jsonByte.openBrace) return undefined;
    const end = addRecord(index, position);
    if (end === incomplete) return undefined;
    position = pastSpace(bytes, end);
    if (bytes[position] === jsonByte.closeBracket) return { records: index, end: position + 1 };
    if (bytes[position] !== jsonByte.comma) return undefined;
    position = pastSpace(bytes, position + 1);
  }
}

/** Indexes the object that begins at `at` as a list of this one. @throws JsonProblem */
export function indexObject(bytes: Buffer, at: number): IndexedList | undefined {
  const index = openIndex(bytes);
  const end = addRecord(index, at);
  return end === incomplete ? undefined : { records: index, end };
}
