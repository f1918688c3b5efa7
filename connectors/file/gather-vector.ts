import { isNull, type Vector } from "../../sdk/index.js";

/** The given rows of a vector, in that order, in buffers of their own. */
export function gatherVector(vector: Vector, rows: Int32Array): Vector {
  const validity = gatherValidity(vector, rows);
  switch (vector.layout) {
    case "bits": {
      const data = new Uint8Array((rows.length + 7) >> 3);
      rows.forEach((row, to) => {
        if ((vector.data[row >> 3]! & (1 << (row & 7))) !== 0) data[to >> 3]! |= 1 << (to & 7);
      });
      return { layout: "bits", data, validity };
    }
    case "fixed": {
      const { width } = vector;
      const data = new Uint8Array(rows.length * width);
      rows.forEach((row, to) => {
        data.set(vector.data.subarray(row * width, (row + 1) * width), to * width);
      });
      return { layout: "fixed", width, data, validity };
    }
    case "bytes": {
      const offsets = gatherOffsets(vector.offsets, rows);
      const data = new Uint8Array(offsets[rows.length]!);
      rows.forEach((row, to) => {
        data.set(vector.data.subarray(vector.offsets[row]!, vector.offsets[row + 1]!), offsets[to]!);
      });
      return { layout: "bytes", offsets, data, validity };
    }
    case "list": {
      const offsets = gatherOffsets(vector.offsets, rows);
      const items = new Int32Array(offsets[rows.length]!);
      rows.forEach((row, to) => {
        for (let item = 0; item < offsets[to + 1]! - offsets[to]!; item++)
          items[offsets[to]! + item] = vector.offsets[row]! + item;
      });
      return { layout: "list", offsets, child: gatherVector(vector.child, items), validity };
    }
  }
}

function gatherOffsets(offsets: Int32Array, rows: Int32Array): Int32Array {
  const gathered = new Int32Array(rows.length + 1);
  rows.forEach((row, to) => {
    gathered[to + 1] = gathered[to]! + offsets[row + 1]! - offsets[row]!;
  });
  return gathered;
}

function gatherValidity(vector: Vector, rows: Int32Array): Uint8Array | undefined {
  if (vector.validity === undefined) return undefined;
  const validity = new Uint8Array((rows.length + 7) >> 3).fill(255);
  rows.forEach((row, to) => {
    if (isNull(vector, row)) validity[to >> 3]! &= ~(1 << (to & 7));
  });
  return validity;
}
