import type { Column } from "../../../../sdk/index.js";
import {
  checkedForm,
  isDatetime,
  isTimestamp,
  never,
  textForm,
  type ValueForm,
  valueKind,
} from "../../guard/value-form.js";
import { isFloatExact } from "../../json/json-evidence.js";
import { isOpen } from "../../stream-columns.js";

/** How the values of a column are checked; undefined for types that are never chosen for a text. */
export function fieldForm(column: Column): ValueForm | undefined {
  const { type } = column;
  if (isOpen(column)) return checkedForm("other", never);
  switch (type.kind) {
    case "string":
      return textForm;
    case "int64":
      return { ...textForm, kind: valueKind.integer };
    case "decimal": {
      const wholeDigits = type.precision - type.scale;
      return { ...textForm, kind: valueKind.decimal, wholeDigits, pointedDigits: wholeDigits, scale: type.scale };
    }
    case "float64":
      return { ...textForm, kind: valueKind.float, check: isFloat };
    case "date":
      return { ...textForm, kind: valueKind.date };
    case "boolean":
      return checkedForm("other", isBoolean);
    case "datetime":
      return checkedForm("datetime", isDatetime);
    case "timestamp":
      return checkedForm("timestamp", isTimestamp);
    default:
      return undefined;
  }
}

const floatText = /^-?(?:(?:0|[1-9]\d*)(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?$/;

function isFloat(bytes: Buffer, start: number, end: number): boolean {
  const text = bytes.toString("latin1", start, end);
  return floatText.test(text) && (String(Number(text)) === text || isFloatExact(text));
}

const booleans = new Set(["true", "True", "TRUE", "false", "False", "FALSE"]);

function isBoolean(bytes: Buffer, start: number, end: number): boolean {
  return end - start <= 5 && booleans.has(bytes.toString("latin1", start, end));
}
