import { isMisfit } from "../../sdk/batch/misfit.js";
import { valueWriter } from "../../sdk/batch/value-writer.js";
import type { Vector } from "../../sdk/batch/vector.js";
import type { Column } from "../../sdk/schema/stream.js";
import type { FlatRow } from "./unfold.js";

/** Packs rows column by column; a value that its column cannot hold is told, and null. */
export function packColumns(
  columns: readonly Column[],
  rows: readonly FlatRow[],
  onMisfit: (at: number, column: Column) => void,
): Vector[] {
  return columns.map((column) => {
    const { builder, append } = valueWriter(column.type);
    for (const [at, row] of rows.entries()) {
      try {
        append(Object.hasOwn(row, column.name) ? row[column.name] : undefined);
      } catch (error) {
        if (!isMisfit(error)) throw error;
        onMisfit(at, column);
        builder.appendNull();
      }
    }
    return builder.finish();
  });
}
