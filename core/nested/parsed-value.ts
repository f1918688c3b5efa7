import { unpackValue } from "../../sdk/batch/unpack.js";
import { slotBytes } from "../../sdk/batch/value-text.js";
import { isNull, type Vector } from "../../sdk/batch/vector.js";
import { parseJson } from "../../sdk/parse-json.js";
import type { ColumnType } from "../../sdk/schema/column-type.js";

export const notJson: unique symbol = Symbol("not JSON");

/** The value of a json column, or of a list of such values, with every digit. */
export function parsedValue(vector: Vector, type: ColumnType, row: number): unknown {
  if (isNull(vector, row)) return null;
  try {
    if (type.kind !== "list") return parseJson(textAt(vector, row));
    const items = unpackValue(vector, type, row) as readonly (string | null)[];
    return items.map((item) => (item === null ? null : parseJson(item)));
  } catch (error) {
    if (error instanceof SyntaxError) return notJson;
    throw error;
  }
}

function textAt(vector: Vector, row: number): string {
  const { buffer, byteOffset, byteLength } = slotBytes(vector, row);
  return Buffer.from(buffer, byteOffset, byteLength).toString("utf8");
}
