import { plainDatetime, plainTimestamp } from "../../../../sdk/batch/plain-time.js";
import type { Column } from "../../../../sdk/index.js";
import { isFloatExact, timeEvidence } from "../../json/json-evidence.js";
import { isOpen } from "../../stream-columns.js";
import { textClass } from "../../text/text-evidence.js";
import { isUsualDate } from "../../text/usual-date.js";
import { type FieldForm, fieldKind } from "./pass-rows.js";

const never = () => false;

/** Of a field that is text, or that nobody wants. */
export const anyField: FieldForm = { kind: fieldKind.any, wholeDigits: 0, scale: 0, check: never };

/** How the values of a column are checked; undefined for types that are never chosen for a text. */
export function fieldForm(column: Column): FieldForm | undefined {
  const { type } = column;
  if (isOpen(column)) return other(never);
  switch (type.kind) {
    case "string":
      return anyField;
    case "int64":
      return { ...anyField, kind: fieldKind.integer };
    case "decimal":
      return {
        ...anyField,
        kind: fieldKind.decimal,
        wholeDigits: type.precision - type.scale,
        scale: type.scale,
      };
    case "float64":
      return { ...anyField, kind: fieldKind.float, check: isFloat };
    case "date":
      return { ...anyField, kind: fieldKind.date };
    case "boolean":
      return other(isBoolean);
    case "datetime":
      return other(isDatetime);
    case "timestamp":
      return other(isTimestamp);
    default:
      return undefined;
  }
}

function other(check: FieldForm["check"]): FieldForm {
  return { ...anyField, kind: fieldKind.other, check };
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

/** A date alone is its midnight. */
function isDatetime(bytes: Buffer, start: number, end: number): boolean {
  if (!Number.isNaN(plainDatetime(bytes, start, end))) return true;
  if (end - start === 10 && isUsualDate(bytes, start)) return true;
  return isTime(bytes, start, end, textClass.date | textClass.datetime);
}

function isTimestamp(bytes: Buffer, start: number, end: number): boolean {
  return !Number.isNaN(plainTimestamp(bytes, start, end)) || isTime(bytes, start, end, textClass.timestamp);
}

const longestTime = 40;

function isTime(bytes: Buffer, start: number, end: number, accepted: number): boolean {
  if (end - start > longestTime) return false;
  return (timeEvidence(bytes.toString("latin1", start, end)).classes & ~accepted) === 0;
}
