import type { UnpackedValue } from "../batch/unpack.js";
import type { Json } from "../json.js";

/** A value as `OpenDestination.query` gives it. */
export function jsonOf(value: UnpackedValue): Json {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString("hex")}`;
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return typeof value === "object" && value !== null ? value.map(jsonOf) : value;
}
