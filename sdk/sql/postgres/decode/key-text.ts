import { valueText } from "../../../batch/value-text.js";
import type { Values } from "./column-decoder.js";
import { createDecoder, type WireColumn } from "./create-decoder.js";

/** One key value as text, to name a row in a message. */
export function keyText(column: WireColumn, values: Values, index: number): string {
  if (values.positions[index]! < 0) return "null";
  const decoder = createDecoder(column, { unchecked: false });
  decoder.begin(1);
  decoder.decode(values, index, 1, 0);
  return valueText(decoder.finish(1), column.type, 0);
}
