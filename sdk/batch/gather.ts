import { type Batch, rowOp } from "./batch.js";
import { type BytesVector, type FixedVector, isNull, type ListVector, type Vector } from "./vector.js";

/** The rows of a batch with these numbers, in the order given. */
export function gatherBatch(batch: Batch, rows: Int32Array): Batch {
  const { columns, ops } = batch;
  const vectors = batch.vectors.map((vector) => gatherVector(vector, rows));
  const taken = { rows: rows.length, columns, vectors };
  return ops === undefined ? taken : { ...taken, ops: Uint8Array.from(rows, (row) => ops[row] ?? rowOp.insert) };
}

/** The rows of a vector with these numbers, in the order given, in buffers of their own. */
export function gatherVector(vector: Vector, rows: Int32Array): Vector {
  const validity = gatherBits(vector.validity, rows);
  switch (vector.layout) {
    case "bits":
      return { layout: "bits", data: gatherBits(vector.data, rows) ?? new Uint8Array(), validity };
    case "fixed":
      return gatherFixed(vector, rows, validity);
    case "bytes":
      return gatherBytes(vector, rows, validity);
    case "list":
      return gatherList(vector, rows, validity);
  }
}

/** Rows [0, rows) of a vector in buffers of their own, which hold nothing else. */
export function copyVector(vector: Vector, rows: number): Vector {
  const validity = vector.validity?.slice(0, (rows + 7) >> 3);
  switch (vector.layout) {
    case "bits":
      return { ...vector, data: vector.data.slice(0, (rows + 7) >> 3), validity };
    case "fixed":
      return { ...vector, data: vector.data.slice(0, rows * vector.width), validity };
    case "bytes":
      return { ...vector, offsets: vector.offsets.slice(0, rows + 1), data: vector.data.slice(), validity };
    case "list": {
      const child = copyVector(vector.child, vector.offsets[rows]!);
      return { ...vector, offsets: vector.offsets.slice(0, rows + 1), child, validity };
    }
  }
}

function gatherBits(bits: Uint8Array | undefined, rows: Int32Array): Uint8Array | undefined {
  if (bits === undefined) return undefined;
  const gathered = new Uint8Array((rows.length + 7) >> 3);
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]!;
    gathered[at >> 3]! |= ((bits[row >> 3]! >> (row & 7)) & 1) << (at & 7);
  }
  return gathered;
}

function gatherFixed({ data, width }: FixedVector, rows: Int32Array, validity: Uint8Array | undefined): FixedVector {
  const gathered = new Uint8Array(rows.length * width);
  if (width === 2) {
    const from = new Int16Array(data.buffer, data.byteOffset, data.byteLength >> 1);
    const to = new Int16Array(gathered.buffer);
    for (let at = 0; at < rows.length; at++) to[at] = from[rows[at]!]!;
    return { layout: "fixed", width, data: gathered, validity };
  }
  const words = width >> 2;
  const from = new Int32Array(data.buffer, data.byteOffset, data.byteLength >> 2);
  const to = new Int32Array(gathered.buffer);
  for (let at = 0, word = 0; at < rows.length; at++) {
    const first = rows[at]! * words;
    for (let i = 0; i < words; i++) to[word++] = from[first + i]!;
  }
  return { layout: "fixed", width, data: gathered, validity };
}

/** Rows that follow one another are copied in one piece. */
function gatherBytes(vector: BytesVector, rows: Int32Array, validity: Uint8Array | undefined): BytesVector {
  const { offsets, data } = vector;
  const ends = new Int32Array(rows.length + 1);
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]!;
    ends[at + 1] = ends[at]! + offsets[row + 1]! - offsets[row]!;
  }
  const gathered = new Uint8Array(ends[rows.length]!);
  for (let at = 0; at < rows.length; ) {
    const end = runEnd(rows, at);
    gathered.set(data.subarray(offsets[rows[at]!], offsets[rows[end - 1]! + 1]), ends[at]);
    at = end;
  }
  return { layout: "bytes", offsets: ends, data: gathered, validity };
}

function gatherList(vector: ListVector, rows: Int32Array, validity: Uint8Array | undefined): ListVector {
  const ends = new Int32Array(rows.length + 1);
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]!;
    const items = isNull(vector, row) ? 0 : vector.offsets[row + 1]! - vector.offsets[row]!;
    ends[at + 1] = ends[at]! + items;
  }
  const items = new Int32Array(ends[rows.length]!);
  for (let at = 0; at < rows.length; at++) {
    const first = vector.offsets[rows[at]!]!;
    for (let to = ends[at]!, item = first; to < ends[at + 1]!; to++, item++) items[to] = item;
  }
  return { layout: "list", offsets: ends, child: gatherVector(vector.child, items), validity };
}

/** Behind the last of the rows from `at` on that follow one another. */
function runEnd(rows: Int32Array, at: number): number {
  let end = at + 1;
  while (end < rows.length && rows[end] === rows[end - 1]! + 1) end++;
  return end;
}
