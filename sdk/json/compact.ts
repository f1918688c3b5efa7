import { jsonByte } from "./json-scan.js";

const space = 0x20;

/** Whether a JSON text has white space between its tokens. */
export function hasSpace(bytes: Uint8Array, start: number, end: number): boolean {
  let inside = false;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === jsonByte.quote) inside = !inside;
    else if (byte === jsonByte.backslash) at++;
    else if (byte <= space && !inside) return true;
  }
  return false;
}

/** Writes a JSON text without the white space between its tokens; returns how many bytes that are. */
export function writeCompact(bytes: Uint8Array, start: number, end: number, target: Uint8Array, at: number): number {
  let to = at;
  let inside = false;
  for (let from = start; from < end; from++) {
    const byte = bytes[from]!;
    if (byte <= space && !inside) continue;
    target[to++] = byte;
    if (byte === jsonByte.quote) inside = !inside;
    else if (byte === jsonByte.backslash) target[to++] = bytes[++from]!;
  }
  return to - at;
}

/** A JSON text without the white space between its tokens, as a string. */
export function compactText(bytes: Buffer, start = 0, end: number = bytes.length): string {
  if (!hasSpace(bytes, start, end)) return bytes.toString("utf8", start, end);
  const compact = Buffer.allocUnsafeSlow(end - start);
  return compact.toString("utf8", 0, writeCompact(bytes, start, end, compact, 0));
}
