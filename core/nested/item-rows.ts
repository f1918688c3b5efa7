import { takeRows } from "../../sdk/batch/take-rows.js";
import { isNull, type Vector } from "../../sdk/batch/vector.js";
import type { ColumnType } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";
import type { ChildRows } from "./child-rows.js";
import { elementColumn } from "./learned.js";

/** The columns of a child table of a typed list's items; undefined for a type whose values are unfolded one by one. */
export function itemColumns(type: ColumnType): readonly Column[] | undefined {
  if (type.kind !== "list" || type.item.kind === "json") return undefined;
  return [{ name: elementColumn, type: type.item, nullable: true, path: [] }];
}

/** The items of a typed list as rows, in their own type: no value is looked at. A row of -1 has none. */
export function itemRows(vector: Vector, columns: readonly Column[], rows: Int32Array): ChildRows {
  const items: number[] = [];
  const parents: number[] = [];
  const places: number[] = [];
  if (vector.layout === "list") {
    for (const [number, row] of rows.entries()) {
      if (row < 0 || isNull(vector, row)) continue;
      const [from, to] = [vector.offsets[row]!, vector.offsets[row + 1]!];
      for (let item = from; item < to; item++) {
        items.push(item);
        parents.push(number);
        places.push(item - from);
      }
    }
  }
  const vectors = vector.layout === "list" ? [takeRows(vector.child, Int32Array.from(items))] : [];
  return { parents: Int32Array.from(parents), positions: [Int32Array.from(places)], columns, vectors };
}
