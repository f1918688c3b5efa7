import { escapedString, isNumberForm, type JsonRecords } from "./json-records.js";
import { endOfString, endOfValue, incomplete, jsonByte, skipSpace } from "./json-scan.js";
import { keyText } from "./key-text.js";
import { endOfPlain, endOfPlainWord } from "./plain-token.js";
import { takeNumber } from "./take-number.js";

/** An index of more cells than this, keys times records, is not worth its memory: records that have few keys in common. */
const mostCells = 2 * 1024 * 1024;

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
  if (bytes[position] === jsonByte.closeBracket) return { records: recordsOf(index), end: position + 1 };
  for (;;) {
    if (bytes[position] !== jsonByte.openBrace) return undefined;
    const end = addRecord(index, position);
    if (end === incomplete) return undefined;
    position = pastSpace(bytes, end);
    if (bytes[position] === jsonByte.closeBracket) return { records: recordsOf(index), end: position + 1 };
    if (bytes[position] !== jsonByte.comma) return undefined;
    position = pastSpace(bytes, position + 1);
  }
}

/**
 * An index under construction. Records tend to have the same keys in the same order: a key is compared with the one
 * before. What works on it are plain functions: closures made for each answer would be compiled again and again, for V8
 * drops compiled code with the last closure that has it.
 */
interface Index {
  readonly bytes: Buffer;
  readonly words: DataView;
  readonly keys: string[];
  readonly slots: Map<string, number>;
  /** By the place of a member in its record: where the key stood last time, and its slot. */
  readonly tokens: number[];
  readonly tokenEnds: number[];
  readonly expected: number[];
  readonly starts: Int32Array<ArrayBuffer>[];
  readonly ends: Int32Array<ArrayBuffer>[];
  readonly forms: Uint8Array<ArrayBuffer>[];
  readonly numbers: (Float64Array<ArrayBuffer> | undefined)[];
  room: number;
  bounds: Int32Array<ArrayBuffer>;
  count: number;
}

function openIndex(bytes: Buffer): Index {
  const room = 2 * sampled;
  return {
    bytes,
    words: new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
    keys: [],
    slots: new Map(),
    tokens: [],
    tokenEnds: [],
    expected: [],
    starts: [],
    ends: [],
    forms: [],
    numbers: [],
    room,
    bounds: new Int32Array(2 * room),
    count: 0,
  };
}

function recordsOf({ bytes, count, bounds, keys, starts, ends, forms, numbers }: Index): JsonRecords {
  return { bytes, count, bounds, keys, starts, ends, forms, numbers };
}

/** Takes in the object that begins at `at`; returns where it ends. */
function addRecord(index: Index, at: number): number {
  if (index.count >= index.room) reserve(index, index.room * 2);
  const { bytes, starts, ends, expected, count } = index;
  if (count >= index.room) return incomplete;
  let position = pastSpace(bytes, at + 1);
  for (let place = 0; bytes[position] !== jsonByte.closeBrace || place > 0; place++) {
    if (bytes[position] !== jsonByte.quote) return incomplete;
    let keyEnd = endOfExpected(index, position, place);
    if (keyEnd === 0) keyEnd = takeKey(index, position, place);
    if (keyEnd === incomplete) return incomplete;
    const slot = expected[place]!;
    position = pastSpace(bytes, keyEnd);
    if (bytes[position] !== jsonByte.colon) return incomplete;
    const start = pastSpace(bytes, position + 1);
    const end = takeValue(index, start, slot);
    if (end === incomplete) return incomplete;
    starts[slot]![count] = start;
    ends[slot]![count] = end;
    position = pastSpace(bytes, end);
    if (bytes[position] === jsonByte.closeBrace) break;
    if (bytes[position] !== jsonByte.comma) return incomplete;
    position = pastSpace(bytes, position + 1);
  }
  const { bounds } = index;
  bounds[2 * count] = at;
  bounds[2 * count + 1] = position + 1;
  index.count = count + 1;
  if (index.count === sampled) {
    const bytesEach = (position - bounds[0]!) / sampled;
    reserve(index, Math.ceil((bytes.length - bounds[0]!) / bytesEach));
  }
  return position + 1;
}

/** `skipSpace` where there is mostly none. */
function pastSpace(bytes: Buffer, at: number): number {
  return bytes[at]! > 0x20 ? at : skipSpace(bytes, at, bytes.length);
}

/** Where the key at `position` ends if it is the same as the one of this place in the record before; else 0. */
function endOfExpected({ bytes, words, tokens, tokenEnds }: Index, position: number, place: number): number {
  if (place >= tokens.length) return 0;
  const end = tokenEnds[place]!;
  let token = tokens[place]!;
  let at = position;
  if (at + end - token > bytes.length) return 0;
  for (; token + 4 <= end; token += 4, at += 4) if (words.getInt32(token) !== words.getInt32(at)) return 0;
  for (; token < end; token++, at++) if (bytes[token] !== bytes[at]) return 0;
  return at;
}

/** Takes the key at `position` for that of this place; returns where it ends. */
function takeKey(index: Index, position: number, place: number): number {
  const { bytes, keys, slots, room } = index;
  const end = endOfString(bytes, position, bytes.length);
  if (end === incomplete) return incomplete;
  const name = keyText(bytes, position, end);
  let slot = slots.get(name);
  if (slot === undefined) {
    if (keys.length * room > mostCells) return incomplete;
    slot = keys.push(name) - 1;
    slots.set(name, slot);
    index.starts.push(new Int32Array(room));
    index.ends.push(new Int32Array(room));
    index.forms.push(new Uint8Array(room));
    index.numbers.push(undefined);
  }
  index.tokens[place] = position;
  index.tokenEnds[place] = end;
  index.expected[place] = slot;
  return end;
}

/** Takes note of what a value is; returns where it ends. */
function takeValue(index: Index, start: number, slot: number): number {
  const { bytes, words, count } = index;
  const form = bytes[start]!;
  const forms = index.forms[slot]!;
  forms[count] = form;
  if (form === jsonByte.quote) {
    const plain = endOfPlain(words, start + 1);
    if (bytes[plain] === jsonByte.quote) return plain + 1;
    forms[count] = escapedString;
    return endOfString(bytes, start, bytes.length);
  }
  if (isNumberForm(form)) {
    const numbers = index.numbers[slot] ?? new Float64Array(index.room);
    index.numbers[slot] = numbers;
    const end = takeNumber(bytes, start, numbers, count);
    if (end !== 0) return end;
  } else {
    const end = endOfPlainWord(words, start);
    if (end !== 0) return end;
  }
  return endOfValue(bytes, start, bytes.length, true);
}

function reserve(index: Index, records: number): void {
  const { keys, starts, ends, forms, numbers, room } = index;
  if (records <= room || keys.length * records > mostCells) return;
  index.room = records;
  index.bounds = moved(index.bounds, new Int32Array(2 * records));
  for (let slot = 0; slot < keys.length; slot++) {
    starts[slot] = moved(starts[slot]!, new Int32Array(records));
    ends[slot] = moved(ends[slot]!, new Int32Array(records));
    forms[slot] = moved(forms[slot]!, new Uint8Array(records));
    const read = numbers[slot];
    if (read !== undefined) numbers[slot] = moved(read, new Float64Array(records));
  }
}

function moved<List extends Int32Array | Uint8Array | Float64Array>(from: List, to: List): List {
  to.set(from);
  return to;
}
