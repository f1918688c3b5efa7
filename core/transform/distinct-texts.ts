import { type BytesVector, isNull } from "../../sdk/batch/vector.js";
import { type ByteSink, byteSink, reserve } from "../../sdk/sql/duckdb/byte-sink.js";

/** Texts under numbers: the same text has the same number. */
export interface DistinctTexts {
  /** All that are known, by their numbers. */
  readonly texts: ByteSink;
  /** The number of each row's text, which is new where it was not known; -1 for a null and a row that is not wanted. */
  number(given: BytesVector, rows: number, wanted: Uint8Array | undefined): Int32Array;
}

/** As `DistinctTexts`, but each text gets a number of its own: for texts that do not repeat. */
export function everyText(): DistinctTexts {
  const texts = byteSink(0, 0);
  return {
    texts,
    number: (given, rows, wanted) => numbered(given, rows, wanted, (from, to) => append(texts, given.data, from, to)),
  };
}

/** How many texts are remembered at most: beyond what a batch brings, and no more bytes than fit a processor's cache. */
const room = { texts: 16_384, bytes: 512 * 1024 };

/** Whether so many are known that they are better forgotten. */
export function isFull({ rows, length }: ByteSink): boolean {
  return rows > room.texts || length > room.bytes;
}

export function distinctTexts(): DistinctTexts {
  const texts = byteSink(0, 0);
  /** By number. */
  let hashes = new Int32Array(1024);
  /** Numbers and 1, at the place a hash leads to or behind it; 0 where there is none. A power of two, never full. */
  let places = new Int32Array(2048);

  function grow(): void {
    const longer = new Int32Array(hashes.length * 2);
    longer.set(hashes);
    hashes = longer;
    places = new Int32Array(places.length * 2);
    for (let number = 0; number < texts.rows; number++) places[freePlace(hashes[number]!)] = number + 1;
  }

  function freePlace(hash: number): number {
    let place = hash & (places.length - 1);
    while (places[place] !== 0) place = (place + 1) & (places.length - 1);
    return place;
  }

  function numberOf(data: Uint8Array, view: DataView, from: number, to: number): number {
    const hash = hashOf(data, view, from, to);
    for (let place = hash & (places.length - 1); places[place] !== 0; place = (place + 1) & (places.length - 1)) {
      const number = places[place]! - 1;
      if (hashes[number] === hash && isSame(texts, number, data, from, to)) return number;
    }
    if (texts.rows === hashes.length) grow();
    const number = append(texts, data, from, to);
    hashes[number] = hash;
    places[freePlace(hash)] = number + 1;
    return number;
  }

  return {
    texts,
    number(given, rows, wanted) {
      const { data } = given;
      const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
      return numbered(given, rows, wanted, (from, to) => numberOf(data, view, from, to));
    },
  };
}

function numbered(
  given: BytesVector,
  rows: number,
  wanted: Uint8Array | undefined,
  numberOf: (from: number, to: number) => number,
): Int32Array {
  const { offsets } = given;
  const numbers = new Int32Array(rows).fill(-1);
  for (let row = 0; row < rows; row++) {
    if ((wanted !== undefined && wanted[row] === 0) || isNull(given, row)) continue;
    numbers[row] = numberOf(offsets[row]!, offsets[row + 1]!);
  }
  return numbers;
}

/** Murmur3's steps (Austin Appleby, public domain) over the text's words and length. */
function hashOf(data: Uint8Array, view: DataView, from: number, to: number): number {
  let hash = to - from;
  let at = from;
  for (; at + 4 <= to; at += 4) hash = mixed(hash, view.getInt32(at, true));
  let last = 0;
  for (let shift = 0; at < to; at++, shift += 8) last |= data[at]! << shift;
  hash = mixed(hash, last);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  return hash ^ (hash >>> 13);
}

function mixed(hash: number, word: number): number {
  const part = Math.imul(word, 0xcc9e_2d51);
  const next = hash ^ Math.imul((part << 15) | (part >>> 17), 0x1b87_3593);
  return (Math.imul((next << 13) | (next >>> 19), 5) + 0xe654_6b64) | 0;
}

function isSame({ offsets, data: known }: ByteSink, number: number, data: Uint8Array, from: number, to: number) {
  const start = offsets[number]!;
  if (offsets[number + 1]! - start !== to - from) return false;
  for (let at = from, place = start; at < to; at++, place++) if (known[place] !== data[at]) return false;
  return true;
}

function append(texts: ByteSink, data: Uint8Array, from: number, to: number): number {
  reserve(texts, 1, to - from);
  for (let at = from, place = texts.length; at < to; at++, place++) texts.data[place] = data[at]!;
  texts.length += to - from;
  texts.offsets[++texts.rows] = texts.length;
  return texts.rows - 1;
}
