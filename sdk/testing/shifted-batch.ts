import type { Batch } from "../batch/batch.js";
import { isNull, type Vector } from "../batch/vector.js";

/**
 * The same rows in the least convenient form that the contract allows: data that starts within its buffer, offsets that
 * do not begin at 0, buffers longer than needed, and rubbish in the slots of nulls.
 */
export function shifted(batch: Batch): Batch {
  return { ...batch, vectors: batch.vectors.map((vector) => shiftedVector(vector, batch.rows)) };
}

const shift = 24;

function shiftedVector(vector: Vector, rows: number): Vector {
  const validity = vector.validity === undefined ? undefined : moved(vector.validity);
  switch (vector.layout) {
    case "bits": {
      const data = moved(vector.data);
      for (let row = 0; row < rows; row++) if (isNull(vector, row)) data[row >> 3]! |= 1 << (row & 7);
      return { ...vector, data, validity };
    }
    case "fixed": {
      const data = moved(vector.data);
      const { width } = vector;
      for (let row = 0; row < rows; row++) if (isNull(vector, row)) data.fill(0xa5, row * width, (row + 1) * width);
      return { ...vector, data, validity };
    }
    case "bytes": {
      const first = 5;
      const data = new Uint8Array(vector.data.length + 64).fill(0xff);
      data.set(vector.data, first);
      return { ...vector, data, offsets: vector.offsets.map((offset) => offset + first), validity };
    }
    case "list":
      return { ...vector, child: shiftedVector(vector.child, vector.offsets[rows]!), validity };
  }
}

function moved(bytes: Uint8Array): Uint8Array {
  const data = new Uint8Array(new ArrayBuffer(bytes.length + shift * 2), shift, bytes.length + shift);
  data.fill(0xff);
  data.set(bytes);
  return data;
}
