import type { ColumnType } from "../schema/column-type.js";
import type { Batch } from "./batch.js";
import { slotBytes, valueText } from "./value-text.js";
import { isNull, type Vector } from "./vector.js";

/** A value as `unpack` gives it. */
export type UnpackedValue = null | boolean | number | bigint | string | Uint8Array | readonly UnpackedValue[];

/**
 * A batch's rows as plain objects, exact: int16 and int32 and floats are numbers, int64 is bigint, binary is
 * Uint8Array, lists are arrays, everything else is canonical text (see `valueText`). For tests, previews and
 * destinations that take objects; the hot paths never do this.
 */
export function unpack(batch: Batch): Record<string, UnpackedValue>[] {
  const rows: Record<string, UnpackedValue>[] = [];
  for (let row = 0; row < batch.rows; row++) {
    rows.push(
      Object.fromEntries(
        batch.columns.map((column, i) => [column.name, unpackValue(batch.vectors[i]!, column.type, row)]),
      ),
    );
  }
  return rows;
}

/** One value of a vector, as `unpack` gives it. */
export function unpackValue(vector: Vector, type: ColumnType, row: number): UnpackedValue {
  if (isNull(vector, row)) return null;
  switch (type.kind) {
    case "boolean":
      return valueText(vector, type, row) === "true";
    case "int16":
    case "int32":
      return Number(valueText(vector, type, row));
    case "int64":
      return BigInt(valueText(vector, type, row));
    case "float32":
      return floatAt(vector, row, 4);
    case "float64":
      return floatAt(vector, row, 8);
    case "binary":
      return slotBytes(vector, row).slice();
    case "list":
      return listAt(vector, type.item, row);
    default:
      return valueText(vector, type, row);
  }
}

function floatAt(vector: Vector, row: number, width: 4 | 8): number {
  if (vector.layout !== "fixed") return Number.NaN;
  const view = new DataView(vector.data.buffer, vector.data.byteOffset + row * width, width);
  return width === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true);
}

function listAt(vector: Vector, item: ColumnType, row: number): UnpackedValue[] {
  if (vector.layout !== "list") return [];
  const values: UnpackedValue[] = [];
  for (let at = vector.offsets[row]!; at < vector.offsets[row + 1]!; at++) {
    values.push(unpackValue(vector.child, item, at));
  }
  return values;
}
