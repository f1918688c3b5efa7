import type { Batch } from "../../sdk/batch/batch.js";
import { valueText } from "../../sdk/batch/value-text.js";
import { isNull, type Vector } from "../../sdk/batch/vector.js";
import type { ColumnType } from "../../sdk/schema/column-type.js";

/** One row as JSON text: numbers with every digit, JSON as it stands, everything else as its canonical text. */
export function rowText({ columns, vectors }: Batch, row: number): string {
  const members = columns.flatMap(({ name, type }, i) => {
    // A document may be `null` itself: a null that stands for none is left out.
    if (type.kind === "json" && isNull(vectors[i]!, row)) return [];
    return [`${JSON.stringify(name)}:${jsonOf(vectors[i]!, type, row)}`];
  });
  return `{${members.join(",")}}`;
}

const bare = new Set(["boolean", "int16", "int32", "int64", "decimal"]);

function jsonOf(vector: Vector, type: ColumnType, row: number): string {
  if (isNull(vector, row)) return "null";
  const text = valueText(vector, type, row);
  if (bare.has(type.kind) || type.kind === "list") return text;
  if (type.kind.startsWith("float")) return Number.isFinite(Number(text)) ? text : JSON.stringify(text);
  if (type.kind === "json" && isJson(text)) return text;
  return JSON.stringify(text);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
