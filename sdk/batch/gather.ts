import type { Batch } from "./batch.js";
import type { BytesVector, FixedVector, ListVector, Vector } from "./vector.js";

/**
 * Leaves only the rows with these numbers, which ascend, in a batch. They are moved together where they stand, which
 * takes no memory: the batch given is of no more use.
 */
export function keepRows(batch: Batch, rows: Int32Array): Batch {
  const { columns, ops, giveBack } = batch;
  const runs = runsOf(rows);
  const taken: Taken = new Map();
  // Two vectors may share a piece of memory, such as their nulls; each is to be compacted once.
  const owners = batch.vectors.map((vector) => apart(vector, taken));
  const vectors = owners.map((vector) => keepIn(vector, runs));
  const kept = { rows: rows.length, columns, vectors, ...(giveBack && { giveBack }) };
  return ops === undefined ? kept : { ...kept, ops: Uint8Array.from(rows, (row) => ops[row]!) };
}

/** Rows that follow one another: the first of each run and the one behind its last, run after run. */
type Runs = Int32Array;

function runsOf(rows: Int32Array): Runs {
  const runs = new Int32Array(rows.length * 2);
  let end = 0;
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]!;
    if (end === 0 || runs[end - 1] !== row) {
      runs[end] = row;
      end += 2;
    }
    runs[end - 1] = row + 1;
  }
  return runs.subarray(0, end);
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

function keepIn(vector: Vector, runs: Runs): Vector {
  const validity = vector.validity && keepBits(vector.validity, runs);
  switch (vector.layout) {
    case "bits":
      return { layout: "bits", data: keepBits(vector.data, runs), validity };
    case "fixed":
      return { layout: "fixed", width: vector.width, data: keepFixed(vector, runs), validity };
    case "bytes":
      return { layout: "bytes", ...keepBytes(vector, runs), validity };
    case "list":
      return { layout: "list", ...keepList(vector, runs), validity };
  }
}

function keepBits(bits: Uint8Array, runs: Runs): Uint8Array {
  const rows = rowsOf(runs);
  if (rows < runs.length * shortRun) return keepSingleBits(bits, runs);
  let end = 0;
  for (let run = 0; run < runs.length; run += 2) {
    const count = runs[run + 1]! - runs[run]!;
    moveBits(bits, runs[run]!, end, count);
    end += count;
  }
  return bits;
}

/** Runs that have fewer than twice as many rows are better moved bit by bit. */
const shortRun = 8;

function rowsOf(runs: Runs): number {
  let rows = 0;
  for (let run = 0; run < runs.length; run += 2) rows += runs[run + 1]! - runs[run]!;
  return rows;
}

function keepSingleBits(bits: Uint8Array, runs: Runs): Uint8Array {
  let end = 0;
  let byte = 0;
  for (let run = 0; run < runs.length; run += 2) {
    for (let at = runs[run]!; at < runs[run + 1]!; at++) {
      byte |= ((bits[at >> 3]! >> (at & 7)) & 1) << (end & 7);
      end += 1;
      if ((end & 7) !== 0) continue;
      bits[(end >> 3) - 1] = byte;
      byte = 0;
    }
  }
  if ((end & 7) !== 0) bits[end >> 3] = byte;
  return bits;
}

/** Moves bits [from, from + count) to [to, to + count), which begins no later: each is read before it is written over. */
function moveBits(bits: Uint8Array, from: number, to: number, count: number): void {
  if (from === to) return;
  let done = 0;
  for (; done < count && ((to + done) & 7) !== 0; done++) moveBit(bits, from + done, to + done);
  const shift = (from + done) & 7;
  for (; done + 8 <= count; done += 8) {
    const source = (from + done) >> 3;
    const low = bits[source]!;
    bits[(to + done) >> 3] = shift === 0 ? low : (low >> shift) | (bits[source + 1]! << (8 - shift));
  }
  for (; done < count; done++) moveBit(bits, from + done, to + done);
}

function moveBit(bits: Uint8Array, from: number, to: number): void {
  const bit = (bits[from >> 3]! >> (from & 7)) & 1;
  bits[to >> 3] = (bits[to >> 3]! & ~(1 << (to & 7))) | (bit << (to & 7));
}

function keepFixed({ data, width }: FixedVector, runs: Runs): Uint8Array {
  if (width === 2) keepShorts(new Int16Array(data.buffer, data.byteOffset, data.byteLength >> 1), runs);
  else keepWords(new Int32Array(data.buffer, data.byteOffset, data.byteLength >> 2), width >> 2, runs);
  return data;
}

function keepShorts(values: Int16Array, runs: Runs): void {
  for (let run = 0, end = 0; run < runs.length; run += 2) {
    for (let at = runs[run]!; at < runs[run + 1]!; at++, end++) values[end] = values[at]!;
  }
}

/** Below this many elements a loop is faster than a call. */
const shortMove = 24;

function keepWords(values: Int32Array, wordsPerRow: number, runs: Runs): void {
  for (let run = 0, end = 0; run < runs.length; run += 2) {
    const from = runs[run]! * wordsPerRow;
    const to = runs[run + 1]! * wordsPerRow;
    if (to - from > shortMove) values.copyWithin(end, from, to);
    else for (let at = from, into = end; at < to; at++, into++) values[into] = values[at]!;
    end += to - from;
  }
}

function keepBytes({ offsets, data }: BytesVector, runs: Runs): Pick<BytesVector, "offsets" | "data"> {
  keepTexts(offsets, data, runs);
  return { offsets, data };
}

function keepTexts(offsets: Int32Array, data: Uint8Array, runs: Runs): void {
  let end = offsets[0]!;
  for (let run = 0, rows = 0; run < runs.length; run += 2) {
    const behind = runs[run + 1]!;
    const from = offsets[runs[run]!]!;
    const to = offsets[behind]!;
    const shift = from - end;
    if (shift > 0 && to - from > shortMove) data.copyWithin(end, from, to);
    else if (shift > 0) for (let at = from, into = end; at < to; at++, into++) data[into] = data[at]!;
    for (let row = runs[run]!; row < behind; row++) offsets[++rows] = offsets[row + 1]! - shift;
    end += to - from;
  }
}

function keepList({ offsets, child }: ListVector, runs: Runs): Pick<ListVector, "offsets" | "child"> {
  const first = offsets[0]!;
  // What stands before the first list stays where it is.
  const items = [0, first];
  let end = first;
  for (let run = 0, rows = 0; run < runs.length; run += 2) {
    const [from, behind] = [runs[run]!, runs[run + 1]!];
    const shift = offsets[from]! - end;
    items.push(offsets[from]!, offsets[behind]!);
    end = offsets[behind]! - shift;
    for (let row = from; row < behind; row++) offsets[++rows] = offsets[row + 1]! - shift;
  }
  return { offsets, child: keepIn(child, Int32Array.from(items)) };
}
