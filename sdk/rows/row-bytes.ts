import type { Row } from "../batch/pack.js";

/** Rows looked at to tell the size of a page. */
const sampled = 8;

const longList = 64;

/** About the bytes that rows take in memory, by a few of them. */
export function roughBytes(rows: readonly Row[]): number {
  const step = Math.max(1, Math.floor(rows.length / sampled));
  let [bytes, looked] = [0, 0];
  for (let i = 0; i < rows.length; i += step) {
    bytes += sizeOf(rows[i], 3);
    looked += 1;
  }
  return looked === 0 ? 0 : (bytes / looked) * rows.length;
}

function sizeOf(value: unknown, depth: number): number {
  if (typeof value === "string") return 16 + value.length;
  if (typeof value !== "object" || value === null) return 8;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  let bytes = 32;
  // Naming a million items one by one takes more memory than they do.
  if (Array.isArray(value) && value.length > longList)
    return (sizeOf(value.slice(0, longList), depth) / longList) * value.length;
  if (depth > 0) for (const key in value) bytes += 8 + sizeOf((value as Row)[key], depth - 1);
  return bytes;
}
