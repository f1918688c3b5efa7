import { isUtf8 } from "node:buffer";
import { jsonByte } from "./json-scan.js";

/** A key as text, from its token with quotes. */
export function keyText(bytes: Buffer, start: number, end: number): string {
  const inside = bytes.subarray(start + 1, end - 1);
  if (!inside.includes(jsonByte.backslash) && isUtf8(inside)) return inside.toString("utf8");
  return JSON.parse(bytes.toString("utf8", start, end)) as string;
}
