import type { Column } from "../../../../sdk/index.js";
import { isOpen } from "../../stream-columns.js";
import { booleanColumn, fixedColumn, nullColumn, stringColumn, type TextColumn } from "./text-column.js";
import {
  dateLoop,
  datetimeLoop,
  decimalLoop,
  float64Loop,
  int64Loop,
  timestampLoop,
  wideDecimalLoop,
} from "./text-loops.js";

/** The column under construction of a type that `typeOfEvidence` gives; undefined for any other. */
export function createTextColumn(column: Column): TextColumn | undefined {
  if (isOpen(column)) return nullColumn();
  const { type } = column;
  switch (type.kind) {
    case "boolean":
      return booleanColumn();
    case "int64":
      return fixedColumn(8, int64Loop());
    case "decimal":
      return type.precision <= 18
        ? fixedColumn(8, decimalLoop(type.precision, type.scale))
        : fixedColumn(16, wideDecimalLoop(type.precision, type.scale));
    case "float64":
      return fixedColumn(8, float64Loop());
    case "date":
      return fixedColumn(4, dateLoop);
    case "datetime":
      return fixedColumn(8, datetimeLoop);
    case "timestamp":
      return fixedColumn(8, timestampLoop);
    case "string":
      return stringColumn();
    default:
      return undefined;
  }
}
