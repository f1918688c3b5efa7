import type { JsonRecords } from "./json-records.js";
import { endOfString, endOfValue, incomplete, jsonByte, skipSpace } from "./json-scan.js";
import { keyText } from "./key-text.js";

/** An index of more cells than this, keys times records, is not worth its memory: records that have few keys in common. */
const mostCells = 4 * 1024 * 1024;

/** By so many records is told how many there will be. */
const sampled = 32;

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
  if (bytes[position] === jsonByte.closeBracket) return { records: index.finish(), end: position + 1 };
  for (;;) {
    if (bytes[position] !== jsonByte.openBrace) return undefined;
    const end = index.add(position);
    if (end === incomplete) return undefined;
    position = skipSpace(bytes, end, length);
    if (bytes[position] === jsonByte.closeBracket) return { records: index.finish(), end: position + 1 };
    if (bytes[position] !== jsonByte.comma) return undefined;
    position = skipSpace(bytes, position + 1, length);
  }
}

/** An index under construction. Records tend to have the same keys in the same order: a key is compared with the one before. */
function openIndex(bytes: Buffer) {
  const { length } = bytes;
  const keys: string[] = [];
  const slots = new Map<string, number>();
  /** By the place of a member in its record: where the key stood last time, and its slot. */
  const tokens: number[] = [];
  const tokenEnds: number[] = [];
  const expected: number[] = [];
  const starts: Int32Array<ArrayBuffer>[] = [];
  const ends: Int32Array<ArrayBuffer>[] = [];
  let room = 2 * sampled;
  let bounds = new Int32Array(2 * room);
  let count = 0;

  function reserve(records: number): void {
    if (records <= room || keys.length * records > mostCells) return;
    room = records;
    bounds = grown(bounds, 2 * room);
    for (let slot = 0; slot < keys.length; slot++) {
      starts[slot] = grown(starts[slot]!, room);
      ends[slot] = grown(ends[slot]!, room);
    }
  }

  function slotOf(start: number, end: number, place: number): number {
    const name = keyText(bytes, start, end);
    let slot = slots.get(name);
    if (slot === undefined) {
      if (keys.length * room > mostCells) return incomplete;
      slot = keys.push(name) - 1;
      slots.set(name, slot);
      starts.push(new Int32Array(room));
      ends.push(new Int32Array(room));
    }
    tokens[place] = start;
    tokenEnds[place] = end;
    expected[place] = slot;
    return slot;
  }

  /** Where the key at `position` ends if it is the same as the one of this place in the record before; else 0. */
  function endOfExpected(position: number, place: number): number {
    if (place >= tokens.length) return 0;
    const end = tokenEnds[place]!;
    let at = position;
    for (let token = tokens[place]!; token < end; token++, at++) if (bytes[token] !== bytes[at]) return 0;
    return at;
  }

  /** Takes in the object that begins at `at`; returns where it ends. */
  function add(at: number): number {
    if (count >= room) reserve(room * 2);
    if (count >= room) return incomplete;
    let position = skipSpace(bytes, at + 1, length);
    for (let place = 0; bytes[position] !== jsonByte.closeBrace || place > 0; place++) {
      if (bytes[position] !== jsonByte.quote) return incomplete;
      let keyEnd = endOfExpected(position, place);
      let slot = expected[place]!;
      if (keyEnd === 0) {
        keyEnd = endOfString(bytes, position, length);
        if (keyEnd === incomplete) return incomplete;
        slot = slotOf(position, keyEnd, place);
        if (slot === incomplete) return incomplete;
      }
      position = skipSpace(bytes, keyEnd, length);
      if (bytes[position] !== jsonByte.colon) return incomplete;
      const start = skipSpace(bytes, position + 1, length);
      const end = endOfValue(bytes, start, length, true);
      if (end === incomplete) return incomplete;
      starts[slot]![count] = start;
      ends[slot]![count] = end;
      position = skipSpace(bytes, end, length);
      if (bytes[position] === jsonByte.closeBrace) break;
      if (bytes[position] !== jsonByte.comma) return incomplete;
      position = skipSpace(bytes, position + 1, length);
    }
    bounds[2 * count] = at;
    bounds[2 * count + 1] = position + 1;
    count += 1;
    if (count === sampled) reserve(Math.ceil((length - bounds[0]!) / ((position - bounds[0]!) / sampled)));
    return position + 1;
  }

  return { add, finish: (): JsonRecords => ({ bytes, count, bounds, keys, starts, ends }) };
}

function grown(array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length);
  larger.set(array);
  return larger;
}
