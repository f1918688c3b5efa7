import { parseDecimal, wholeDigits } from "../../../sdk/batch/decimal-text.js";
import { plainDate, plainDatetime, plainTimestamp } from "../../../sdk/batch/plain-time.js";
import { parseDate, parseDatetime, parseTimestamp } from "../../../sdk/batch/time-text.js";
import { bitsBuilder, bytesBuilder, fixedBuilder, type VectorBuilder } from "../../../sdk/batch/vector-builder.js";
import { type ColumnType, formatType, SystemError } from "../../../sdk/index.js";
import { jsonByte } from "../../../sdk/json/json-scan.js";
import { textClass } from "../text/text-evidence.js";
import { hasLoneSurrogate, isBinaryNumber, isFloatExact, isMinusZero, timeEvidence } from "./json-evidence.js";

/** A column under construction that takes JSON text. */
export interface JsonColumn {
  readonly builder: VectorBuilder;
  /** Appends the value that stands in `bytes` from `start` to `end`; false where its type cannot hold it exactly. */
  append(bytes: Buffer, start: number, end: number): boolean;
}

type Append = JsonColumn["append"];

/** The column of a type that `typeOfEvidence` gives. */
export function jsonColumn(type: ColumnType): JsonColumn {
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

function nullable(builder: VectorBuilder, append: Append): JsonColumn {
  return {
    builder,
    append(bytes, start, end) {
      if (bytes[start] !== 0x6e) return append(bytes, start, end);
      builder.appendNull();
      return true;
    },
  };
}

function booleanColumn(): JsonColumn {
  const builder = bitsBuilder();
  return nullable(builder, (bytes, start) => {
    const first = bytes[start];
    if (first !== 0x74 && first !== 0x66) return false;
    builder.append(first === 0x74);
    return true;
  });
}

/** Doubles count exactly to 15 digits, which spares a bigint for nearly every number. */
const safeDigits = 15;

function integerColumn(): JsonColumn {
  const builder = fixedBuilder(8);
  return nullable(builder, (bytes, start, end) => {
    const negative = bytes[start] === 0x2d;
    const digits = end - start - (negative ? 1 : 0);
    let value = 0;
    for (let at = negative ? start + 1 : start; at < end; at++) {
      const digit = bytes[at]! - 0x30;
      if (digit < 0 || digit > 9) return false;
      value = value * 10 + digit;
    }
    if (negative && value === 0) return false;
    if (digits <= safeDigits) {
      const at = builder.append();
      setSafeInt64(builder.view, at, negative ? -value : value);
      return true;
    }
    const exact = BigInt(bytes.toString("latin1", start, end));
    if (BigInt.asIntN(64, exact) !== exact) return false;
    const at = builder.append();
    builder.view.setBigInt64(at, exact, true);
    return true;
  });
}

function setSafeInt64(view: DataView, at: number, value: number): void {
  const high = Math.floor(value / 4_294_967_296);
  view.setInt32(at, value - high * 4_294_967_296, true);
  view.setInt32(at + 4, high, true);
}

function decimalColumn(precision: number, scale: number): JsonColumn {
  const builder = fixedBuilder(precision <= 18 ? 8 : 16);
  const append: Append = (bytes, start, end) => {
    if (!isNumber(bytes, start)) return false;
    const text = bytes.toString("latin1", start, end);
    const parts = parseDecimal(text);
    if (parts === undefined || parts.scale > scale || wholeDigits(parts) > precision - scale) return false;
    if (isMinusZero(parts, text) || isBinaryNumber(parts, text)) return false;
    const digits = BigInt(parts.digits + "0".repeat(scale - parts.scale));
    const unscaled = parts.negative ? -digits : digits;
    const at = builder.append();
    builder.view.setBigInt64(at, BigInt.asIntN(64, unscaled), true);
    if (precision > 18) builder.view.setBigInt64(at + 8, unscaled >> 64n, true);
    return true;
  };
  if (precision > 18) return nullable(builder, append);
  return nullable(builder, (bytes, start, end) => {
    const unscaled = shortDecimal(bytes, start, end, scale);
    if (unscaled === undefined) return append(bytes, start, end);
    const at = builder.append();
    setSafeInt64(builder.view, at, unscaled);
    return true;
  });
}

const powersOfTen = Array.from({ length: safeDigits + 1 }, (_, exponent) => 10 ** exponent);

/** The unscaled value of a plain number that a double counts exactly; undefined for any other. */
function shortDecimal(bytes: Buffer, start: number, end: number, scale: number): number | undefined {
  const negative = bytes[start] === 0x2d;
  let value = 0;
  let digits = 0;
  let fraction = -1;
  for (let at = negative ? start + 1 : start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === 0x2e && fraction < 0) fraction = 0;
    else if (byte < 0x30 || byte > 0x39) return undefined;
    else {
      value = value * 10 + byte - 0x30;
      digits++;
      if (fraction >= 0) fraction++;
    }
  }
  const missing = scale - Math.max(0, fraction);
  if (missing < 0 || digits + missing > safeDigits || (negative && value === 0)) return undefined;
  const unscaled = value * powersOfTen[missing]!;
  return negative ? -unscaled : unscaled;
}

function floatColumn(): JsonColumn {
  const builder = fixedBuilder(8);
  return nullable(builder, (bytes, start, end) => {
    if (!isNumber(bytes, start)) return false;
    const text = bytes.toString("latin1", start, end);
    const number = Number(text);
    if (String(number) !== text && !isFloatExact(text)) return false;
    const at = builder.append();
    builder.view.setFloat64(at, number, true);
    return true;
  });
}

function timeColumn(kind: "date" | "datetime" | "timestamp"): JsonColumn {
  const accepted = {
    date: textClass.date,
    datetime: textClass.date | textClass.datetime,
    timestamp: textClass.timestamp,
  }[kind];
  const plain = { date: plainDate, datetime: plainDatetime, timestamp: plainTimestamp }[kind];
  const builder = fixedBuilder(kind === "date" ? 4 : 8);
  return nullable(builder, (bytes, start, end) => {
    if (bytes[start] !== jsonByte.quote) return false;
    const value = plain(bytes, start + 1, end - 1);
    if (!Number.isNaN(value)) {
      const at = builder.append();
      if (kind === "date") builder.view.setInt32(at, value, true);
      else setSafeInt64(builder.view, at, value);
      return true;
    }
    const text = bytes.toString("latin1", start + 1, end - 1);
    if ((timeEvidence(text).classes & ~accepted) !== 0) return false;
    const at = builder.append();
    if (kind === "date") builder.view.setInt32(at, parseDate(text)!, true);
    else builder.view.setBigInt64(at, (kind === "datetime" ? parseDatetime(text) : parseTimestamp(text))!, true);
    return true;
  });
}

/** Strings as they read, numbers and booleans as they are written. */
function stringColumn(): JsonColumn {
  const builder = bytesBuilder();
  return nullable(builder, (bytes, start, end) => {
    const first = bytes[start];
    if (first === jsonByte.openBrace || first === jsonByte.openBracket) return false;
    if (first !== jsonByte.quote) builder.appendPart(bytes, start, end);
    else if (!hasBackslash(bytes, start + 1, end - 1)) builder.appendPart(bytes, start + 1, end - 1);
    else {
      const text = JSON.parse(bytes.toString("utf8", start, end)) as string;
      if (hasLoneSurrogate(text)) return false;
      builder.appendText(text);
    }
    return true;
  });
}

function jsonTextColumn(): JsonColumn {
  const builder = bytesBuilder();
  return nullable(builder, (bytes, start, end) => {
    builder.appendPart(bytes, start, end);
    return true;
  });
}

function hasBackslash(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === jsonByte.backslash) return true;
  return false;
}

function isNumber(bytes: Buffer, start: number): boolean {
  const first = bytes[start]!;
  return first === 0x2d || (first >= 0x30 && first <= 0x39);
}
