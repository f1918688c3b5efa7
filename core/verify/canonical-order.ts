import type { ColumnType } from "../../sdk/schema/column-type.js";

/** Whether one canonical text (see `DigestRequest`) stands for a greater value than another of the same type. */
export function isGreater(a: string, b: string, type: ColumnType): boolean {
  switch (type.kind) {
    case "string":
    case "uuid":
    case "binary":
    case "json":
    case "boolean":
    case "list":
      return a > b;
    case "float32":
    case "float64":
      return floatOf(a) > floatOf(b);
    default:
      return wholeOf(a) > wholeOf(b);
  }
}

/** Integers, decimals of one scale and times, as one integer; the infinities beyond them all. */
function wholeOf(text: string): bigint {
  if (text === "infinity") return 1n << 200n;
  if (text === "-infinity") return -(1n << 200n);
  return BigInt(text.replace(".", ""));
}

/** A double from its 64 bits. NaN is the greatest, as databases have it. */
function floatOf(bits: string): number {
  if (bits === "NaN") return Number.POSITIVE_INFINITY;
  const data = new DataView(new ArrayBuffer(8));
  data.setBigUint64(0, BigInt(`0b${bits}`));
  return data.getFloat64(0);
}
