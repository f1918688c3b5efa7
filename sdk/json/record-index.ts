import { escapedString, isNumberForm, type JsonRecords } from "./json-records.js";
import { endOfString, endOfValue, incomplete, jsonByte } from "./json-scan.js";
import { keyText } from "./key-text.js";
import { endOfNested, endOfPlain, endOfPlainWord, pastSpace } from "./plain-token.js";
import { takeNumber } from "./take-number.js";

/** An index of more cells than this, keys times records, is not worth its memory: records that have few keys in common. */
const mostCells = 2 * 1024 * 1024;

/** By so many records is told how many there will be. */
const sampled = 32;

/**
 * An index of records under construction. Records tend to have the same keys in the same order: what stands before a value
 * is compared with what stood there last. What works on it are plain functions: closures made for each answer would be
 * compiled again and again, for V8 drops compiled code with the last closure that has it.
 */
export interface RecordIndex extends JsonRecords {
  bytes: Buffer;
  /** Of the same bytes. */
  words: DataView;
  readonly keys: string[];
  readonly slots: Map<string, number>;
  /** By the place of a member in its record: where last time stood what is before its value, and its slot. */
  readonly tokens: number[];
  readonly tokenEnds: number[];
  readonly expected: number[];
  /** The slots that the records have, some more than once. */
  readonly used: number[];
  readonly starts: Int32Array<ArrayBuffer>[];
  readonly ends: Int32Array<ArrayBuffer>[];
  readonly forms: Uint8Array<ArrayBuffer>[];
  readonly numbers: (Float64Array<ArrayBuffer> | undefined)[];
  /** Whether a record may have a key only once; else the last one counts. */
  readonly keysOnce: boolean;
  /** For so many records, and the most it may become. */
  room: number;
  mostRoom: number;
  bounds: Int32Array<ArrayBuffer>;
  count: number;
}

export function openIndex(bytes: Buffer, { keysOnce = false } = {}): RecordIndex {
  const room = 2 * sampled;
  return {
    bytes,
    words: wordsOf(bytes),
    keys: [],
    slots: new Map(),
    tokens: [],
    tokenEnds: [],
    expected: [],
    used: [],
    starts: [],
    ends: [],
    forms: [],
    numbers: [],
    keysOnce,
    room,
    mostRoom: Number.POSITIVE_INFINITY,
    bounds: new Int32Array(2 * room),
    count: 0,
  };
}

/** Empties an index for records that stand in other bytes; it keeps the keys and their slots. */
export function reopenIndex(index: RecordIndex, bytes: Buffer): void {
  const { keys, used, starts, forms, count } = index;
  for (const slot of used) {
    starts[slot]!.fill(0, 0, count + 1);
    forms[slot]!.fill(0, 0, count + 1);
  }
  used.length = 0;
  if (hasManyKeys(index)) {
    index.mostRoom = Math.max(1, Math.floor(mostCells / (2 * keys.length)));
    resize(index, index.mostRoom);
  }
  index.bytes = bytes;
  index.words = wordsOf(bytes);
  index.tokens.length = 0;
  index.count = 0;
}

/** Whether there is no room for as many records as before: reopening makes room for fewer. */
export function hasManyKeys({ keys, room }: RecordIndex): boolean {
  return room > 1 && keys.length * room > mostCells;
}

/** Takes out the last record, or what there is of one that is not complete. */
export function forgetRecord(index: RecordIndex, record: number): void {
  index.count = record;
  for (const slot of index.used) {
    if (record < index.room) index.starts[slot]![record] = index.forms[slot]![record] = 0;
  }
}

function wordsOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}

/**
 * Takes in the object that begins at `at`; returns where it ends. `incomplete` where it does not end, is not as plain as an
 * object should be, or has a key more often than it may, and where the index would become too large: part of it may be in
 * the index then.
 * @throws JsonProblem
 */
export function addRecord(index: RecordIndex, at: number): number {
  if (index.count >= index.room) reserve(index, index.room * 2);
  const { bytes, starts, ends, expected, keysOnce, count } = index;
  if (count >= index.room) return incomplete;
  let position = at + 1;
  for (let place = 0; bytes[position] !== jsonByte.closeBrace; place++) {
    const start = endOfExpected(index, position, place) || takeKey(index, position, place);
    if (start === incomplete) return incomplete;
    if (start === 0) {
      position = pastSpace(bytes, position);
      break;
    }
    const slot = expected[place]!;
    if (keysOnce && starts[slot]![count] !== 0) return incomplete;
    const end = takeValue(index, start, slot);
    if (end === incomplete) return incomplete;
    starts[slot]![count] = start;
    ends[slot]![count] = end;
    position = end;
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

/** Takes in the value from `start` to `end` as the only member of a record; false where the index would become too large. */
export function addValue(index: RecordIndex, key: string, start: number, end: number): boolean {
  if (index.count >= index.room) reserve(index, index.room * 2);
  const { count, bounds, bytes, starts, ends, forms } = index;
  if (count >= index.room) return false;
  const slot = slotOf(index, key);
  starts[slot]![count] = start;
  ends[slot]![count] = end;
  const form = bytes[start]!;
  const isEscaped = form === jsonByte.quote && bytes.subarray(start, end).includes(escapedString);
  forms[slot]![count] = isEscaped ? escapedString : form;
  if (isNumberForm(form)) numbersOf(index, slot)[count] = Number.NaN;
  bounds[2 * count] = start;
  bounds[2 * count + 1] = end;
  index.count = count + 1;
  return true;
}

/** Where the value begins if the same stands before it, from `position` on, as at this place in the record before; else 0. */
function endOfExpected({ bytes, words, tokens, tokenEnds }: RecordIndex, position: number, place: number): number {
  if (place >= tokens.length) return 0;
  const end = tokenEnds[place]!;
  let token = tokens[place]!;
  let at = position;
  if (at + end - token > bytes.length) return 0;
  for (; token + 4 <= end; token += 4, at += 4) if (words.getInt32(token, true) !== words.getInt32(at, true)) return 0;
  for (; token < end; token++, at++) if (bytes[token] !== bytes[at]) return 0;
  return bytes[at]! > 0x20 ? at : 0;
}

/**
 * Takes what stands from `position` to the next value for what is expected at this place; returns where the value begins,
 * 0 where the object ends.
 */
function takeKey(index: RecordIndex, position: number, place: number): number {
  const { bytes } = index;
  let start = pastSpace(bytes, position);
  if (bytes[start] === jsonByte.closeBrace) return 0;
  if (place > 0) {
    if (bytes[start] !== jsonByte.comma) return incomplete;
    start = pastSpace(bytes, start + 1);
  }
  if (bytes[start] !== jsonByte.quote) return incomplete;
  const end = endOfString(bytes, start, bytes.length);
  if (end === incomplete) return incomplete;
  const colon = pastSpace(bytes, end);
  if (bytes[colon] !== jsonByte.colon) return incomplete;
  const name = keyText(bytes, start, end);
  if (!index.slots.has(name) && hasManyKeys(index)) return incomplete;
  index.tokens[place] = position;
  index.tokenEnds[place] = pastSpace(bytes, colon + 1);
  index.expected[place] = slotOf(index, name);
  return index.tokenEnds[place]!;
}

function slotOf(index: RecordIndex, key: string): number {
  const { slots, used, room } = index;
  const known = slots.get(key);
  if (known !== undefined) {
    used.push(known);
    return known;
  }
  const slot = index.keys.push(key) - 1;
  used.push(slot);
  slots.set(key, slot);
  index.starts.push(new Int32Array(room));
  index.ends.push(new Int32Array(room));
  index.forms.push(new Uint8Array(room));
  index.numbers.push(undefined);
  return slot;
}

function numbersOf(index: RecordIndex, slot: number): Float64Array {
  const numbers = index.numbers[slot] ?? new Float64Array(index.room);
  index.numbers[slot] = numbers;
  return numbers;
}

/** Takes note of what a value is; returns where it ends. */
function takeValue(index: RecordIndex, start: number, slot: number): number {
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
    const end = takeNumber(bytes, start, numbersOf(index, slot), count);
    if (end !== 0) return end;
  } else {
    const isNested = form === jsonByte.openBrace || form === jsonByte.openBracket;
    const end = isNested ? endOfNested(bytes, words, start) : endOfPlainWord(words, start);
    if (end !== 0) return end;
  }
  return endOfValue(bytes, start, bytes.length, true);
}

function reserve(index: RecordIndex, records: number): void {
  const { room, mostRoom, keys } = index;
  if (records > room && records <= mostRoom && keys.length * records <= mostCells) resize(index, records);
}

function resize(index: RecordIndex, records: number): void {
  const { keys, starts, ends, forms, numbers } = index;
  index.room = records;
  index.bounds = resized(index.bounds, new Int32Array(2 * records));
  for (let slot = 0; slot < keys.length; slot++) {
    starts[slot] = resized(starts[slot]!, new Int32Array(records));
    ends[slot] = resized(ends[slot]!, new Int32Array(records));
    forms[slot] = resized(forms[slot]!, new Uint8Array(records));
    const read = numbers[slot];
    if (read !== undefined) numbers[slot] = resized(read, new Float64Array(records));
  }
}

function resized<List extends Int32Array | Uint8Array | Float64Array>(from: List, to: List): List {
  to.set(from.subarray(0, to.length));
  return to;
}
