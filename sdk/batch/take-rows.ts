import { isNull, type Vector } from "./vector.js";

/** The values of these rows, in this order and as often as they are named, in buffers of their own. */
export function takeRows(vector: Vector, rows: Int32Array): Vector {
  const validity = takeValidity(vector, rows);
  switch (vector.layout) {
    case "bits":
      return { layout: "bits", data: takeBits(vector.data, rows), validity };
    case "fixed": {
      const { data, width } = vector;
      const taken = new Uint8Array(rows.length * width);
      const wordBytes = width === 2 ? 2 : 4;
      const words = wordBytes === 2 ? Int16Array : Int32Array;
      const from = new words(data.buffer as ArrayBuffer, data.byteOffset, Math.floor(data.byteLength / wordBytes));
      const to = new words(taken.buffer);
      const perRow = width / wordBytes;
      for (const [at, row] of rows.entries()) {
        for (let i = 0; i < perRow; i++) to[at * perRow + i] = from[row * perRow + i]!;
      }
      return { layout: "fixed", width, data: taken, validity };
    }
    case "bytes": {
      const { offsets, data } = vector;
      const ends = takeOffsets(offsets, rows);
      const taken = new Uint8Array(ends[rows.length]!);
      for (const [at, row] of rows.entries()) taken.set(data.subarray(offsets[row], offsets[row + 1]), ends[at]);
      return { layout: "bytes", offsets: ends, data: taken, validity };
    }
    case "list": {
      const { offsets, child } = vector;
      const ends = takeOffsets(offsets, rows);
      const items = new Int32Array(ends[rows.length]!);
      for (const [at, row] of rows.entries()) {
        for (let item = offsets[row]!, to = ends[at]!; item < offsets[row + 1]!; item++) items[to++] = item;
      }
      return { layout: "list", offsets: ends, child: takeRows(child, items), validity };
    }
  }
}

function takeValidity(vector: Vector, rows: Int32Array): Uint8Array | undefined {
  return vector.validity && takeBits(vector.validity, rows);
}

function takeBits(bits: Uint8Array, rows: Int32Array): Uint8Array {
  const taken = new Uint8Array((rows.length + 7) >> 3);
  for (const [at, row] of rows.entries()) {
    if (!isNull({ validity: bits }, row)) taken[at >> 3]! |= 1 << (at & 7);
  }
  return taken;
}

function takeOffsets(offsets: Int32Array, rows: Int32Array): Int32Array {
  const ends = new Int32Array(rows.length + 1);
  for (const [at, row] of rows.entries()) ends[at + 1] = ends[at]! + offsets[row + 1]! - offsets[row]!;
  return ends;
}
