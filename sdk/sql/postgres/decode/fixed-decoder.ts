import type { FixedVector } from "../../../batch/vector.js";
import type { ColumnDecoder, Values } from "./column-decoder.js";
import { createValidity, type Validity } from "./validity.js";

/**
 * The vector under construction. 4-byte words are the unit, since 64-bit integers are fastest as two 32-bit stores;
 * little-endian, so the low word comes first.
 */
export interface FixedTarget {
  readonly words: Int32Array;
  readonly halves: Int16Array;
  readonly validity: Validity;
}

/** One tight loop over a group of values: see `ColumnDecoder.decode`. */
export type FixedLoop = (target: FixedTarget, values: Values, from: number, count: number, row: number) => void;

/** Decodes a type whose values have one width in memory. */
export function fixedDecoder(width: FixedVector["width"], loop: FixedLoop): ColumnDecoder {
  const validity = createValidity();
  let target: FixedTarget = emptyTarget(0, width, validity);
  return {
    begin(rows) {
      validity.begin(rows);
      target = emptyTarget(rows, width, validity);
    },
    decode(values, from, count, row) {
      const needed = (row + count) * width;
      if (needed > target.words.byteLength) {
        const grown = emptyTarget(Math.max(row + count, row * 2), width, validity);
        grown.words.set(target.words);
        target = grown;
      }
      loop(target, values, from, count, row);
    },
    finish(rows) {
      const data = new Uint8Array(target.words.buffer);
      target = emptyTarget(0, width, validity);
      return { layout: "fixed", width, data, validity: validity.finish(rows) };
    },
  };
}

function emptyTarget(rows: number, width: number, validity: Validity): FixedTarget {
  const buffer = new ArrayBuffer((rows * width + 7) & ~7);
  return { words: new Int32Array(buffer), halves: new Int16Array(buffer), validity };
}
