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
  const escaped: (Uint8Array<ArrayBuffer> | undefined)[] = [];
  const words = new DataView(bytes.buffer, bytes.byteOffset, length);
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
      const flags = escaped[slot];
      if (flags !== undefined) escaped[slot] = largerFlags(flags, room);
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
      escaped.push(undefined);
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
    let token = tokens[place]!;
    let at = position;
    if (at + end - token > length) return 0;
    for (; token + 4 <= end; token += 4, at += 4) if (words.getInt32(token) !== words.getInt32(at)) return 0;
    for (; token < end; token++, at++) if (bytes[token] !== bytes[at]) return 0;
    return at;
  }

  /** Where a value ends: quick for what most values are. Of a string it is noted whether it has an escape. */
  function endOf(start: number, slot: number): number {
    const first = bytes[start]!;
    if (first === firstOfNull && start + 4 <= length && words.getInt32(start) === wordNull) return start + 4;
    if (first !== jsonByte.quote) return endOfWhole(bytes, start) || endOfValue(bytes, start, length, true);
    const plain = endOfPlain(words, start + 1);
    if (bytes[plain] === jsonByte.quote) return plain + 1;
    const flags = escaped[slot] ?? new Uint8Array(room);
    flags[count] = 1;
    escaped[slot] = flags;
    return endOfString(bytes, start, length);
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
      const end = endOf(start, slot);
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

  return { add, finish: (): JsonRecords => ({ bytes, count, bounds, keys, starts, ends, escaped, numbers: [] }) };
}

/**
 * The first position from `at` on that has a quote, a backslash or a control character. Four bytes are looked at together
 * (https://graphics.stanford.edu/~seander/bithacks.html#HasLessInWord), since most of a document is in strings.
 */
function endOfPlain(bytes: DataView, at: number): number {
  const { byteLength } = bytes;
  let position = at;
  for (const last = byteLength - 4; position <= last; position += 4) {
    const word = bytes.getInt32(position, true);
    const quotes = word ^ 0x22222222;
    const backslashes = word ^ 0x5c5c5c5c;
    const found =
      ((quotes - 0x01010101) & ~quotes) | ((backslashes - 0x01010101) & ~backslashes) | ((word - 0x20202020) & ~word);
    if ((found & 0x80808080) !== 0) break;
  }
  for (; position < byteLength; position++) {
    const byte = bytes.getUint8(position);
    if (byte === jsonByte.quote || byte === jsonByte.backslash || byte < 0x20) break;
  }
  return position;
}

/** Where a whole number of one or more digits ends that has a member's end behind it; 0 for any other value. */
function endOfWhole(bytes: Buffer, start: number): number {
  const first = bytes[start]!;
  if (first < 0x31 || first > 0x39) return 0;
  let at = start + 1;
  while (bytes[at]! >= 0x30 && bytes[at]! <= 0x39) at++;
  return bytes[at] === jsonByte.comma || bytes[at] === jsonByte.closeBrace ? at : 0;
}

const firstOfNull = 0x6e;
/** `null`, as DataView reads it. */
const wordNull = 0x6e756c6c;

function largerFlags(flags: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length);
  larger.set(flags);
  return larger;
}

function grown(array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length);
  larger.set(array);
  return larger;
}
