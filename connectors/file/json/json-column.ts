import { parseDecimal, wholeDigits } from "../../../sdk/batch/decimal-text.js";
import { quickDecimal, quickTime } from "../../../sdk/batch/json-quick.js";
import { type QuickRun, runBoolean, runOf, runString } from "../../../sdk/batch/json-runs.js";
import { parseDate, parseDatetime, parseTimestamp } from "../../../sdk/batch/time-text.js";
import { bitsBuilder, bytesBuilder, fixedBuilder, type VectorBuilder } from "../../../sdk/batch/vector-builder.js";
import { type Column, formatType, SystemError } from "../../../sdk/index.js";
import { jsonByte } from "../../../sdk/json/json-scan.js";
import { isOpen } from "../stream-columns.js";
import { textClass } from "../text/text-evidence.js";
import { hasLoneSurrogate, isFloatExact, isMinusZero, scaleOf, timeEvidence } from "./json-evidence.js";
import { quickWideDecimal, runFloat, runInteger, runJson, runNull } from "./member-runs.js";

/** A column under construction that takes JSON text. */
export interface JsonColumn {
  readonly builder: VectorBuilder;
  /** Appends the member of many records at once, as `append` would each value, up to one in no usual form. */
  readonly run: QuickRun;
  /**
   * Appends the value, which is not null, that stands in `bytes` from `start` to `end`; false where its type cannot hold it
   * exactly.
   */
  append(bytes: Buffer, start: number, end: number): boolean;
}

type Append = JsonColumn["append"];

/** The column for values of a type that `typeOfEvidence` gives; of an open one, for nulls. */
export function jsonColumn(column: Column): JsonColumn {
  const { type } = column;
  if (isOpen(column)) return nullColumn();
  switch (type.kind) {
    case "boolean":
      return booleanColumn();
    case "int64":
      return integerColumn();
    case "decimal":
      return decimalColumn(type.precision, type.scale);
    case "float64":
      return floatColumn();
    case "date":
    case "datetime":
    case "timestamp":
      return timeColumn(type.kind);
    case "string":
      return stringColumn();
    case "json":
      return jsonTextColumn();
    default:
      throw new SystemError("file.json_type", `JSON is never read as ${formatType(type)}`);
  }
}

function nullColumn(): JsonColumn {
  const builder = bytesBuilder();
  return { builder, run: runNull(builder), append: () => false };
}

function booleanColumn(): JsonColumn {
  const builder = bitsBuilder();
  return { builder, run: runBoolean(builder), append: () => false };
}

function integerColumn(): JsonColumn {
  const builder = fixedBuilder(8);
  const append: Append = (bytes, start, end) => {
    const text = bytes.toString("latin1", start, end);
    if (!/^-?\d+$/.test(text) || text === "-0") return false;
    const exact = BigInt(text);
    if (BigInt.asIntN(64, exact) !== exact) return false;
    const at = builder.append();
    builder.view.setBigInt64(at, exact, true);
    return true;
  };
  return { builder, run: runInteger(builder), append };
}

function decimalColumn(precision: number, scale: number): JsonColumn {
  const builder = fixedBuilder(precision <= 18 ? 8 : 16);
  const append: Append = (bytes, start, end) => {
    if (!isNumber(bytes, start)) return false;
    const text = bytes.toString("latin1", start, end);
    const parts = parseDecimal(text);
    if (parts === undefined || wholeDigits(parts) > precision - scale || isMinusZero(parts, text)) return false;
    if (scaleOf(parts, text) > scale) return false;
    const digits = BigInt(parts.digits + "0".repeat(scale - parts.scale));
    const unscaled = parts.negative ? -digits : digits;
    const at = builder.append();
    builder.view.setBigInt64(at, BigInt.asIntN(64, unscaled), true);
    if (precision > 18) builder.view.setBigInt64(at + 8, unscaled >> 64n, true);
    return true;
  };
  const quick = (precision <= 18 ? quickDecimal : quickWideDecimal)(builder, scale, precision - scale);
  return { builder, run: runOf(quick, builder), append };
}

function floatColumn(): JsonColumn {
  const builder = fixedBuilder(8);
  const append: Append = (bytes, start, end) => {
    if (!isNumber(bytes, start)) return false;
    const text = bytes.toString("latin1", start, end);
    if (!isFloatExact(text)) return false;
    const at = builder.append();
    builder.view.setFloat64(at, Number(text), true);
    return true;
  };
  return { builder, run: runFloat(builder), append };
}

function timeColumn(kind: "date" | "datetime" | "timestamp"): JsonColumn {
  const accepted = {
    date: textClass.date,
    datetime: textClass.date | textClass.datetime,
    timestamp: textClass.timestamp,
  }[kind];
  const builder = fixedBuilder(kind === "date" ? 4 : 8);
  const append: Append = (bytes, start, end) => {
    if (bytes[start] !== jsonByte.quote) return false;
    const text = bytes.toString("latin1", start + 1, end - 1);
    if ((timeEvidence(text).classes & ~accepted) !== 0) return false;
    const at = builder.append();
    if (kind === "date") builder.view.setInt32(at, parseDate(text)!, true);
    else builder.view.setBigInt64(at, (kind === "datetime" ? parseDatetime(text) : parseTimestamp(text))!, true);
    return true;
  };
  return { builder, run: runOf(quickTime(kind)(builder), builder), append };
}

/** Strings as they read, numbers and booleans as they are written. */
function stringColumn(): JsonColumn {
  const builder = bytesBuilder();
  const append: Append = (bytes, start, end) => {
    const first = bytes[start];
    if (first === jsonByte.openBrace || first === jsonByte.openBracket) return false;
    if (first !== jsonByte.quote) builder.appendPart(bytes, start, end);
    else {
      const text = JSON.parse(bytes.toString("utf8", start, end)) as string;
      if (hasLoneSurrogate(text)) return false;
      builder.appendText(text);
    }
    return true;
  };
  return { builder, run: runString(builder), append };
}

/** Whatever it is, as it is written. */
function jsonTextColumn(): JsonColumn {
  const builder = bytesBuilder();
  return { builder, run: runJson(builder), append: () => false };
}

function isNumber(bytes: Buffer, start: number): boolean {
  const first = bytes[start]!;
  return first === 0x2d || (first >= 0x30 && first <= 0x39);
}
