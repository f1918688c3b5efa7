import { isUtf8 } from "node:buffer";
import type { Batch } from "../../batch/batch.js";
import { type BytesVector, isNull, type Vector } from "../../batch/vector.js";
import { DataError } from "../../errors.js";
import type { ColumnType } from "../../schema/column-type.js";
import type { Column } from "../../schema/stream.js";

/**
 * Refuses text that is not UTF-8, which DuckDB would leave out without a word. To be called once a batch, before its rows
 * are filled in.
 * @throws DataError `duckdb.invalid_utf8` naming column and row
 */
export function checkText(batch: Batch): void {
  for (const [index, column] of batch.columns.entries()) {
    checkVector(column, column.type, batch.vectors[index]!, batch.rows);
  }
}

function checkVector(column: Column, type: ColumnType, vector: Vector, rows: number): void {
  if (type.kind === "list" && vector.layout === "list") {
    checkVector(column, type.item, vector.child, vector.offsets[rows]!);
  } else if ((type.kind === "string" || type.kind === "json") && vector.layout === "bytes") {
    if (!isText(vector, rows)) refuseText(column, vector, rows);
  }
}

/** Every text is UTF-8 if all of them together are and none begins inside a character. */
function isText({ offsets, data }: BytesVector, rows: number): boolean {
  if (!isUtf8(data.subarray(offsets[0], offsets[rows]))) return false;
  for (let row = 0; row < rows; row++) {
    const at = offsets[row]!;
    if ((data[at]! & 0xc0) === 0x80 && offsets[row + 1]! > at) return false;
  }
  return true;
}

/** Looks for the row; there may be none where only what stands in a null's slot is not text. */
function refuseText(column: Column, vector: BytesVector, rows: number): void {
  for (let row = 0; row < rows; row++) {
    const text = vector.data.subarray(vector.offsets[row], vector.offsets[row + 1]);
    if (isNull(vector, row) || isUtf8(text)) continue;
    const bytes = Buffer.from(text.subarray(0, 24)).toString("hex");
    throw new DataError(
      "duckdb.invalid_utf8",
      `${column.name}: not valid UTF-8: bytes ${bytes} in row ${row + 1} of a batch`,
      {
        column: column.name,
        hint: "read the column as binary, or correct the text at the source",
      },
    );
  }
}
