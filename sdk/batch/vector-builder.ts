import { freeMemory, leastFreed } from "./free-memory.js";
import type { BitsVector, BytesVector, FixedVector, ListVector, Vector } from "./vector.js";

/**
 * Grows one column: values go in one by one, a vector comes out. After `finish` it is empty and starts anew, with room for
 * as much as there was.
 */
export interface VectorBuilder<V extends Vector = Vector> {
  readonly rows: number;
  /** About the bytes held: what limits a batch. */
  readonly bytes: number;
  appendNull(): void;
  finish(): V;
}

export interface BitsBuilder extends VectorBuilder<BitsVector> {
  append(value: boolean): void;
}

export interface FixedBuilder extends VectorBuilder<FixedVector> {
  /** Makes room for one value and returns where it goes: write it into `view` at that byte. */
  append(): number;
  readonly view: DataView;
}

export interface BytesBuilder extends VectorBuilder<BytesVector> {
  append(value: Uint8Array): void;
  /** Appends the bytes from `start` to `end`: for short values cheaper than a view of them. */
  appendPart(bytes: Uint8Array, start: number, end: number): void;
  /** The same, several bytes at a time: cheaper still for what is longer than a few. */
  appendWords(bytes: DataView, start: number, end: number): void;
  /** Appends what `write` puts into the column's bytes from a position on, `most` at the most; it returns how many, or -1 for nothing to be appended. */
  appendWritten(most: number, write: WriteBytes): boolean;
  /** Appends a string as UTF-8; a lone surrogate becomes U+FFFD. */
  appendText(value: string): void;
  /** The same for one piece of a string; look for lone surrogates where more bytes are written than it has characters. */
  addPiece(piece: string): { written: number };
  /** Makes a value of the pieces since the last one. */
  endPieces(): void;
}

export type WriteBytes = (target: Uint8Array, at: number) => number;

export interface ListBuilder extends VectorBuilder<ListVector> {
  /** Ends a row: everything appended to the child since the last one is its list. */
  append(): void;
}

const firstRows = 64;
/** From here on bytes no longer double: it is one value that is large, and no other will be. */
const largeBytes = 16 * 1024 * 1024;
/** Up to here a loop is faster than a call of `set`. */
const shortBytes = 48;
/** And to here one that takes several bytes at a time. */
const longBytes = 160;

export function bitsBuilder(): BitsBuilder {
  const validity = validityBuilder();
  let data = new Uint8Array(firstRows >> 3);
  let rows = 0;
  const room = () => {
    if (rows >> 3 >= data.length) data = grown(data, data.length * 2);
  };
  return {
    get rows() {
      return rows;
    },
    get bytes() {
      return rows >> 2;
    },
    append(value) {
      room();
      if (value) data[rows >> 3]! |= 1 << (rows & 7);
      rows += 1;
    },
    appendNull() {
      room();
      validity.setNull(rows);
      rows += 1;
    },
    finish() {
      const vector: BitsVector = { layout: "bits", data, validity: validity.finish(rows) };
      data = new Uint8Array(firstRows >> 3);
      rows = 0;
      return vector;
    },
  };
}

export function fixedBuilder(width: FixedVector["width"]): FixedBuilder {
  const validity = validityBuilder();
  let data: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  let view = new DataView(data.buffer);
  let rows = 0;
  let usual = firstRows;
  const room = () => {
    if (rows * width < data.length) return;
    data = grown(data, Math.max(usual * width, data.length * 2));
    view = new DataView(data.buffer);
  };
  return {
    get rows() {
      return rows;
    },
    get bytes() {
      return rows * width;
    },
    get view() {
      return view;
    },
    append() {
      room();
      const at = rows * width;
      rows += 1;
      return at;
    },
    appendNull() {
      room();
      validity.setNull(rows);
      rows += 1;
    },
    finish() {
      const vector: FixedVector = { layout: "fixed", width, data, validity: validity.finish(rows) };
      data = new Uint8Array(0);
      view = new DataView(data.buffer);
      usual = Math.max(firstRows, withSlack(rows));
      rows = 0;
      return vector;
    },
  };
}

export function bytesBuilder(): BytesBuilder {
  const validity = validityBuilder();
  const offsets = offsetsBuilder();
  const encoder = new TextEncoder();
  let data: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  let view = new DataView(data.buffer);
  let used = 0;
  let usual = firstRows * 16;
  const room = (length: number) => {
    if (used + length <= data.length) return;
    const more = data.length < largeBytes ? data.length : data.length >> 2;
    data = grown(data, Math.max(usual, data.length + more, used + length));
    view = new DataView(data.buffer);
  };
  const add = (text: string) => {
    // Three bytes a UTF-16 unit are always enough; large texts are measured, so as not to triple them.
    room(text.length < 4096 ? text.length * 3 : Buffer.byteLength(text));
    const { written } = encoder.encodeInto(text, data.subarray(used));
    used += written;
    return { written };
  };
  return {
    get rows() {
      return offsets.rows;
    },
    get bytes() {
      return used + offsets.rows * 4;
    },
    append(value) {
      room(value.length);
      data.set(value, used);
      used += value.length;
      offsets.push(used);
    },
    appendPart(bytes, start, end) {
      const length = end - start;
      room(length);
      // Not a view made by `subarray`, which of a Buffer costs more than the copy.
      if (length > shortBytes) data.set(new Uint8Array(bytes.buffer, bytes.byteOffset + start, length), used);
      else for (let i = 0; i < length; i++) data[used + i] = bytes[start + i]!;
      used += length;
      offsets.push(used);
    },
    appendWords(bytes, start, end) {
      const length = end - start;
      room(length);
      if (length > longBytes) data.set(new Uint8Array(bytes.buffer, bytes.byteOffset + start, length), used);
      else {
        let at = start;
        let to = used;
        for (; at + 8 <= end; at += 8, to += 8) {
          view.setInt32(to, bytes.getInt32(at, true), true);
          view.setInt32(to + 4, bytes.getInt32(at + 4, true), true);
        }
        if (at + 4 <= end) {
          view.setInt32(to, bytes.getInt32(at, true), true);
          at += 4;
          to += 4;
        }
        for (; at < end; at++, to++) view.setUint8(to, bytes.getUint8(at));
      }
      used += length;
      offsets.push(used);
    },
    appendWritten(most, write) {
      room(most);
      const written = write(data, used);
      if (written < 0) return false;
      used += written;
      offsets.push(used);
      return true;
    },
    appendText(value) {
      add(value);
      offsets.push(used);
    },
    addPiece: add,
    endPieces: () => offsets.push(used),
    appendNull() {
      validity.setNull(offsets.rows);
      offsets.push(used);
    },
    finish() {
      const rows = offsets.rows;
      const vector: BytesVector = { layout: "bytes", offsets: offsets.finish(), data, validity: validity.finish(rows) };
      data = new Uint8Array(0);
      view = new DataView(data.buffer);
      usual = Math.min(largeBytes, Math.max(firstRows * 16, withSlack(used)));
      used = 0;
      return vector;
    },
  };
}

export function listBuilder(child: VectorBuilder): ListBuilder {
  const validity = validityBuilder();
  const offsets = offsetsBuilder();
  return {
    get rows() {
      return offsets.rows;
    },
    get bytes() {
      return child.bytes + offsets.rows * 4;
    },
    append() {
      offsets.push(child.rows);
    },
    appendNull() {
      validity.setNull(offsets.rows);
      offsets.push(child.rows);
    },
    finish() {
      const rows = offsets.rows;
      return { layout: "list", offsets: offsets.finish(), child: child.finish(), validity: validity.finish(rows) };
    },
  };
}

function offsetsBuilder() {
  let offsets = new Int32Array(1);
  let rows = 0;
  let usual = firstRows;
  return {
    get rows() {
      return rows;
    },
    push(end: number) {
      rows += 1;
      if (rows >= offsets.length) {
        const larger = new Int32Array(Math.max(usual + 1, offsets.length * 2));
        larger.set(offsets);
        offsets = larger;
      }
      offsets[rows] = end;
    },
    finish(): Int32Array {
      const finished = offsets;
      offsets = new Int32Array(1);
      usual = Math.max(firstRows, withSlack(rows));
      rows = 0;
      return finished;
    },
  };
}

/** Keeps no bitmap until the first null. */
function validityBuilder() {
  let bits: Uint8Array<ArrayBuffer> | undefined;
  return {
    setNull(row: number) {
      bits ??= new Uint8Array(Math.max(firstRows >> 3, (row >> 3) + 1)).fill(255);
      if (row >> 3 >= bits.length) bits = grown(bits, Math.max(bits.length * 2, (row >> 3) + 1), 255);
      bits[row >> 3]! &= ~(1 << (row & 7));
    },
    finish(rows: number): Uint8Array | undefined {
      const needed = (rows + 7) >> 3;
      const finished = bits !== undefined && bits.length < needed ? grown(bits, needed, 255) : bits;
      bits = undefined;
      return finished;
    },
  };
}

/** Batches differ a little in size: with less room the next one would grow to twice of what it needs. */
function withSlack(size: number): number {
  return Math.ceil(size * 1.125);
}

function grown(bytes: Uint8Array<ArrayBuffer>, length: number, fill = 0): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length);
  if (fill !== 0) larger.fill(fill, bytes.length);
  larger.set(bytes);
  if (bytes.length >= leastFreed) freeMemory([bytes.buffer]);
  return larger;
}
