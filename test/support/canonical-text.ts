import type { UnpackedValue } from "../../sdk/batch/unpack.js";
import type { ColumnType } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";
import { type CanonicalRow, canonicalRows, repack } from "../../sdk/testing/index.js";

/**
 * Rows that a system wrote as its own text (bytes as hex, lists as JSON of texts) in the canonical form: floats are
 * rounded to their type, eras stand at the end.
 */
export function canonicalize(
  columns: readonly Column[],
  rows: readonly Readonly<Record<string, string | null>>[],
): CanonicalRow[] {
  const values = rows.map((row) =>
    Object.fromEntries(columns.map(({ name, type }) => [name, fromText(row[name] ?? null, type)])),
  );
  return canonicalRows(repack(columns, values));
}

/** Items of lists of lists come as JSON has them. */
type WrittenValue = null | string | number | boolean | readonly WrittenValue[];

function fromText(value: WrittenValue, type: ColumnType): UnpackedValue {
  if (value === null) return null;
  if (type.kind === "list") {
    const items: readonly WrittenValue[] = typeof value === "string" ? JSON.parse(value) : value;
    return items.map((item) => fromText(item, type.item));
  }
  const text = String(value);
  switch (type.kind) {
    case "boolean":
      return text === "true" || text === "t";
    case "float32":
      return Math.fround(numberOf(text));
    case "float64":
      return numberOf(text);
    case "binary":
      return Buffer.from(text.replace(/^\\x/, ""), "hex");
    case "date":
    case "timestamp":
    case "datetime":
      return text.includes("(BC)") ? `${text.replace(" (BC)", "")} BC` : text;
    default:
      return text;
  }
}

function numberOf(text: string): number {
  const special = /^(-?)(inf|infinity|nan)$/i.exec(text);
  if (special === null) return Number(text);
  return special[2]!.toLowerCase() === "nan" ? Number.NaN : special[1] === "-" ? -Infinity : Infinity;
}
