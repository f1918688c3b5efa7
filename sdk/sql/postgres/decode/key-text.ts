import type { Vector } from "../../../batch/vector.js";
import { formatType } from "../../../schema/column-type.js";
import type { Values } from "./column-decoder.js";
import { createDecoder, type WireColumn } from "./create-decoder.js";

/** One key value as text, to name a row in a message. */
export function keyText(column: WireColumn, values: Values, index: number): string {
  if (values.positions[index]! < 0) return "null";
  const decoder = createDecoder(column, false);
  decoder.begin(1);
  decoder.decode(values, index, 1, 0);
  return vectorText(decoder.finish(1), column);
}

function vectorText(vector: Vector, { type }: WireColumn): string {
  const bytes = vector.layout === "list" ? new Uint8Array(0) : vector.data;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (type.kind) {
    case "int16":
      return String(view.getInt16(0, true));
    case "int32":
      return String(view.getInt32(0, true));
    case "int64":
      return String(view.getBigInt64(0, true));
    case "uuid":
      return Buffer.from(bytes.subarray(0, 16))
        .toString("hex")
        .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
    case "string":
      return vector.layout === "bytes" ? new TextDecoder().decode(bytes.subarray(0, vector.offsets[1])) : "";
    case "date":
      return isoTime(view.getInt32(0, true) * 86_400_000).slice(0, -14);
    case "timestamp":
    case "datetime":
      return isoTime(Number(view.getBigInt64(0, true) / 1000n));
    default:
      return `a ${formatType(type)}`;
  }
}

function isoTime(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? "a time beyond the calendar" : date.toISOString();
}
