import type { Column } from "../../../../sdk/index.js";
import { jsonByte } from "../../../../sdk/json/json-scan.js";
import { floatDigits } from "../../guard/plain-number.js";
import {
  checkedForm,
  isDatetime,
  isTimestamp,
  never,
  textForm,
  type ValueForm,
  valueKind,
} from "../../guard/value-form.js";
import { isOpen } from "../../stream-columns.js";
import { isFloatExact } from "../json-evidence.js";

/** How the values of a column are checked; undefined for a type that DuckDB's reader would change, a wide decimal. */
export function memberForm(column: Column): ValueForm | undefined {
  const { type } = column;
  if (isOpen(column)) return checkedForm("other", never);
  switch (type.kind) {
    case "string":
      return textForm;
    case "boolean":
      return checkedForm("other", isBoolean);
    case "int64":
      return { ...textForm, kind: valueKind.integer };
    case "decimal": {
      const { precision, scale } = type;
      if (precision > 18) return undefined;
      // DuckDB's reader makes a double of a number with a point, and multiplies it by the scale's power of ten.
      const pointedDigits = Math.min(precision, floatDigits) - scale;
      return { ...textForm, kind: valueKind.decimal, wholeDigits: precision - scale, pointedDigits, scale };
    }
    case "float64":
      return { ...textForm, kind: valueKind.float, check: isFloat };
    case "json":
      return { ...textForm, kind: valueKind.json };
    case "date":
      return { ...textForm, kind: valueKind.date };
    case "datetime":
      return checkedForm("datetime", inQuotes(isDatetime));
    case "timestamp":
      return checkedForm("timestamp", inQuotes(isTimestamp));
    default:
      return undefined;
  }
}

function isBoolean(bytes: Buffer, start: number, end: number): boolean {
  const text = end - start <= 5 ? bytes.toString("latin1", start, end) : "";
  return text === "true" || text === "false";
}

const floatText = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** DuckDB's reader takes -0 for an integer, which has no sign. */
function isFloat(bytes: Buffer, start: number, end: number): boolean {
  const text = bytes.toString("latin1", start, end);
  return text !== "-0" && floatText.test(text) && (String(Number(text)) === text || isFloatExact(text));
}

function inQuotes(check: ValueForm["check"]): ValueForm["check"] {
  return (bytes, start, end) =>
    end - start > 2 &&
    bytes[start] === jsonByte.quote &&
    bytes[end - 1] === jsonByte.quote &&
    check(bytes, start + 1, end - 1);
}
