import type { Batch } from "./batch.js";
import type { BytesVector, FixedVector, ListVector, Vector } from "./vector.js";

/**
 * Leaves only the rows with these numbers, which ascend, in a batch. They are moved together where they stand, which
 * takes no memory: the batch given is of no more use.
 */
export function keepRows(batch: Batch, rows: Int32Array): Batch {
  const { columns, ops } = batch;
  const taken: Taken = new Map();
  // Two vectors may share a piece of memory, such as their nulls; each is to be compacted once.
  const owners = batch.vectors.map((vector) => apart(vector, taken));
  const kept = { rows: rows.length, columns, vectors: owners.map((vector) => keepIn(vector, rows)) };
  return ops === undefined ? kept : { ...kept, ops: Uint8Array.from(rows, (row) => ops[row]!) };
}

/** Rows [0, rows) of a vector in buffers of their own, which hold nothing else. */
export function copyVector(vector: Vector, rows: number): Vector {
  const validity = vector.validity?.slice(0, (rows + 7) >> 3);
  switch (vector.layout) {
    case "bits":
      return { ...vector, data: vector.data.slice(0, (rows + 7) >> 3), validity };
    case "fixed":
      return { ...vector, data: vector.data.slice(0, rows * vector.width), validity };
    case "bytes": {
      const offsets = vector.offsets.slice(0, rows + 1);
      return { ...vector, offsets, data: vector.data.slice(0, offsets[rows]), validity };
    }
    case "list": {
      const offsets = vector.offsets.slice(0, rows + 1);
      return { ...vector, offsets, child: copyVector(vector.child, offsets[rows]!), validity };
    }
  }
}

/** By buffer: where the pieces begin that a vector has for itself. */
type Taken = Map<ArrayBufferLike, Set<number>>;

function apart(vector: Vector, taken: Taken): Vector {
  const validity = vector.validity && piece(vector.validity, taken);
  switch (vector.layout) {
    case "bits":
    case "fixed":
      return { ...vector, data: piece(vector.data, taken), validity };
    case "bytes":
      return { ...vector, offsets: piece(vector.offsets, taken), data: piece(vector.data, taken), validity };
    case "list":
      return { ...vector, offsets: piece(vector.offsets, taken), child: apart(vector.child, taken), validity };
  }
}

function piece<Data extends Uint8Array | Int32Array>(data: Data, taken: Taken): Data {
  const places = taken.get(data.buffer) ?? new Set();
  if (places.has(data.byteOffset)) return data.slice() as Data;
  taken.set(data.buffer, places.add(data.byteOffset));
  return data;
}

function keepIn(vector: Vector, rows: Int32Array): Vector {
  const validity = vector.validity && keepBits(vector.validity, rows);
  switch (vector.layout) {
    case "bits":
      return { layout: "bits", data: keepBits(vector.data, rows), validity };
    case "fixed":
      return { layout: "fixed", width: vector.width, data: keepFixed(vector, rows), validity };
    case "bytes":
      return { layout: "bytes", ...keepBytes(vector, rows), validity };
    case "list":
      return { layout: "list", ...keepList(vector, rows), validity };
  }
}

/** A bit is read from its place or one behind it, and so before it is written over. */
function keepBits(bits: Uint8Array, rows: Int32Array): Uint8Array {
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]!;
    const bit = (bits[row >> 3]! >> (row & 7)) & 1;
    bits[at >> 3] = (bits[at >> 3]! & ~(1 << (at & 7))) | (bit << (at & 7));
  }
  return bits;
}

function keepFixed({ data, width }: FixedVector, rows: Int32Array): Uint8Array {
  if (width === 2) {
    const values = new Int16Array(data.buffer, data.byteOffset, data.byteLength >> 1);
    for (let at = 0; at < rows.length; at++) values[at] = values[rows[at]!]!;
    return data;
  }
  const values = new Int32Array(data.buffer, data.byteOffset, data.byteLength >> 2);
  const words = width >> 2;
  for (let at = 0, word = 0; at < rows.length; at++) {
    const first = rows[at]! * words;
    for (let i = 0; i < words; i++) values[word++] = values[first + i]!;
  }
  return data;
}

function keepBytes({ offsets, data }: BytesVector, rows: Int32Array): Pick<BytesVector, "offsets" | "data"> {
  let end = offsets[0]!;
  for (let at = 0; at < rows.length; ) {
    const next = runEnd(rows, at);
    const from = offsets[rows[at]!]!;
    const shift = from - end;
    const last = offsets[rows[next - 1]! + 1]!;
    if (shift > 0) data.copyWithin(end, from, last);
    for (; at < next; at++) offsets[at + 1] = offsets[rows[at]! + 1]! - shift;
    end = last - shift;
  }
  return { offsets, data };
}

function keepList({ offsets, child }: ListVector, rows: Int32Array): Pick<ListVector, "offsets" | "child"> {
  const first = offsets[0]!;
  let count = 0;
  for (const row of rows) count += offsets[row + 1]! - offsets[row]!;
  const items = new Int32Array(first + count);
  for (let item = 0; item < first; item++) items[item] = item;
  let end = first;
  for (let at = 0; at < rows.length; at++) {
    const [from, to] = [offsets[rows[at]!]!, offsets[rows[at]! + 1]!];
    for (let item = from; item < to; item++) items[end++] = item;
    offsets[at + 1] = end;
  }
  return { offsets, child: keepIn(child, items) };
}

/** Behind the last of the rows from `at` on that follow one another. */
function runEnd(rows: Int32Array, at: number): number {
  let end = at + 1;
  while (end < rows.length && rows[end] === rows[end - 1]! + 1) end++;
  return end;
}
