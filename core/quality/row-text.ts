import type { Batch } from "../../sdk/batch/batch.js";
import { valueText } from "../../sdk/batch/value-text.js";
import { isNull, type Vector } from "../../sdk/batch/vector.js";
import type { ColumnType } from "../../sdk/schema/column-type.js";

/** Rows of a batch as JSON text: numbers with every digit, JSON as it stands, everything else as its canonical text. */
export function rowTexts({ columns, vectors }: Pick<Batch, "columns" | "vectors">): (row: number) => string {
  const members = columns.map(({ name, type }, i) => {
    // A document may be `null` itself: a null that stands for none is left out.
    return { name: `${JSON.stringify(name)}:`, type, vector: vectors[i]!, leavesOutNull: type.kind === "json" };
  });
  return (row) => {
    let text = "";
    for (const { name, type, vector, leavesOutNull } of members) {
      if (leavesOutNull && isNull(vector, row)) continue;
      text += (text === "" ? name : `,${name}`) + jsonOf(vector, type, row);
    }
    return `{${text}}`;
  };
}

const bare = new Set(["boolean", "int16", "int32", "int64", "decimal", "list"]);

function jsonOf(vector: Vector, type: ColumnType, row: number): string {
  if (isNull(vector, row)) return "null";
  const text = valueText(vector, type, row);
  if (bare.has(type.kind)) return text;
  if (type.kind === "float32" || type.kind === "float64")
    return Number.isFinite(Number(text)) ? text : JSON.stringify(text);
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
