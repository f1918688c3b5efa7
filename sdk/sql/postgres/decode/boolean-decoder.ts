import { type ColumnDecoder, checkLength } from "./column-decoder.js";
import { createValidity } from "./validity.js";

/** Decodes boolean into bits. */
export function booleanDecoder(): ColumnDecoder {
  const validity = createValidity();
  let bits = new Uint8Array(0);
  return {
    begin(rows) {
      validity.begin(rows);
      bits = new Uint8Array((rows + 7) >> 3);
    },
    decode({ bytes, view, positions }, from, count, row) {
      if (row + count > bits.length * 8) {
        const grown = new Uint8Array(Math.max((row + count + 7) >> 3, bits.length * 2));
        grown.set(bits);
        bits = grown;
      }
      for (let index = 0; index < count; index++) {
        const at = positions[from + index]!;
        if (at < 0) {
          validity.markNull(row + index);
          continue;
        }
        checkLength(view, at, 1);
        if (bytes[at] !== 0) bits[(row + index) >> 3]! |= 1 << ((row + index) & 7);
      }
    },
    finish(rows) {
      const data = bits;
      bits = new Uint8Array(0);
      return { layout: "bits", data, validity: validity.finish(rows) };
    },
  };
}
