import { valueText } from "../../batch/value-text.js";
import type { Vector } from "../../batch/vector.js";
import type { ColumnType } from "../../schema/column-type.js";
import { bytesField } from "./copy-encode-bytes.js";
import { type FieldEncoder, isNullAt, type RowRange } from "./copy-encode-field.js";

/** A list of lists as JSON: the arrays of Postgres must be rectangular, lists need not be. */
export function nestedListField(type: ColumnType, { jsonb }: { readonly jsonb: boolean }): FieldEncoder {
  const text = bytesField({ text: true, jsonb });
  return {
    measure(vector, range, sizes) {
      text.measure(asJson(vector, type, range), range, sizes);
    },
    write: text.write,
  };
}

function asJson(vector: Vector, type: ColumnType, { from, to }: RowRange): Vector {
  const texts: Buffer[] = [];
  const offsets = new Int32Array(to + 1);
  for (let row = from; row < to; row++) {
    const text = Buffer.from(isNullAt(vector.validity, row) ? "" : valueText(vector, type, row));
    offsets[row + 1] = offsets[row]! + text.length;
    texts.push(text);
  }
  return { layout: "bytes", offsets, data: Buffer.concat(texts), validity: vector.validity };
}
