import type { FixedVector } from "../../../batch/vector.js";
import type { ColumnDecoder, Memory, Values } from "./column-decoder.js";
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
export function fixedDecoder(memory: Memory, width: FixedVector["width"], loop: FixedLoop): ColumnDecoder {
  const validity = createValidity();
  const nothing = targetIn(new ArrayBuffer(0), validity);
  let target = nothing;

  function targetFor(rows: number): FixedTarget {
    const bytes = (rows * width + 7) & ~7;
    const words = new Int32Array(memory(bytes), 0, bytes >> 2);
    return { words, halves: new Int16Array(words.buffer, 0, bytes >> 1), validity };
  }

  return {
    begin(rows) {
      validity.begin(rows);
      target = targetFor(rows);
    },
    decode(values, from, count, row) {
      const needed = (row + count) * width;
      if (needed > target.words.byteLength) {
        const grown = targetFor(Math.max(row + count, row * 2));
        grown.words.set(target.words);
        target = grown;
      }
      loop(target, values, from, count, row);
    },
    finish(rows) {
      const data = new Uint8Array(target.words.buffer, 0, target.words.byteLength);
      target = nothing;
      return { layout: "fixed", width, data, validity: validity.finish(rows) };
    },
  };
}

function targetIn(memory: ArrayBuffer, validity: Validity): FixedTarget {
  return { words: new Int32Array(memory), halves: new Int16Array(memory), validity };
}
