import type { Vector } from "./vector.js";

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
