import type { Memory } from "./column-decoder.js";

/** Room for the offsets of so many rows, beginning with 0. */
export function newOffsets(memory: Memory, rows: number): Int32Array<ArrayBuffer> {
  const offsets = new Int32Array(memory((rows + 1) * 4), 0, rows + 1);
  offsets[0] = 0;
  return offsets;
}

/** The same offsets, with room for as many rows at least. */
export function reachingOffsets(
  memory: Memory,
  offsets: Int32Array<ArrayBuffer>,
  rows: number,
): Int32Array<ArrayBuffer> {
  if (rows < offsets.length) return offsets;
  const grown = newOffsets(memory, Math.max(rows, offsets.length * 2));
  grown.set(offsets);
  return grown;
}
