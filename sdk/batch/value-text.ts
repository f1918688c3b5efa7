import type { ColumnType } from "../schema/column-type.js";
import { type BytesVector, dateInfinity, isNull, timestampInfinity, type Vector } from "./vector.js";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * One value that is not null as exact, canonical text: `true`, `-12`, `12.50`, `1e+21`, `2024-02-29`, `24:00:00`,
 * `2024-02-29 12:00:00.000001` (a timestamp ends in `+00`), `infinity`, `0044-03-15 BC`, a uuid in hyphens, bytes as
 * `\x00ff`, a list as JSON. For messages, rare conversions and tests: the hot paths never make text.
 */
export function valueText(vector: Vector, type: ColumnType, row: number): string {
  return textReader(vector, type)(row);
}

/** Reads values of one vector as `valueText` does; for many of them. */
export function textReader(vector: Vector, type: ColumnType): (row: number) => string {
  const bytes = bytesOf(vector);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (type.kind) {
    case "boolean":
      return (row) => String((bytes[row >> 3]! & (1 << (row & 7))) !== 0);
    case "int16":
      return (row) => String(view.getInt16(row * 2, true));
    case "int32":
      return (row) => String(view.getInt32(row * 4, true));
    case "int64":
      return (row) => String(int64(view, row * 8));
    case "float32":
      return (row) => floatText(view.getFloat32(row * 4, true), true);
    case "float64":
      return (row) => floatText(view.getFloat64(row * 8, true), false);
    case "decimal":
      return type.precision <= 18
        ? (row) => decimalText(int64(view, row * 8), type.scale)
        : (row) => decimalText(unscaled(view, row, type.precision), type.scale);
    case "date":
      return (row) => dateText(view.getInt32(row * 4, true));
    case "time":
      return (row) => timeText(Number(int64(view, row * 8)));
    case "datetime":
      return (row) => datetimeText(int64(view, row * 8), "");
    case "timestamp":
      return (row) => datetimeText(int64(view, row * 8), "+00");
    case "uuid":
      return (row) => uuidText(bytes.subarray(row * 16, row * 16 + 16));
    case "string":
    case "json":
      return stringReader(vector as BytesVector);
    case "binary":
      return (row) => `\\x${Buffer.from(slotBytes(vector, row)).toString("hex")}`;
    case "list":
      return (row) => listText(vector, type.item, row);
  }
}

function stringReader(vector: BytesVector): (row: number) => string {
  const { offsets, data } = vector;
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return (row) => {
    const text = bytes.toString("utf8", offsets[row]!, offsets[row + 1]!);
    // What stands for bytes that are no text may also be the text.
    return text.includes("\ufffd") ? decoder.decode(slotBytes(vector, row)) : text;
  };
}

/** The bytes of one string, json or binary value. */
export function slotBytes(vector: Vector, row: number): Uint8Array {
  const { offsets, data } = vector as BytesVector;
  return data.subarray(offsets[row], offsets[row + 1]);
}

/** The unscaled integer of a decimal with this precision. */
export function unscaled(data: DataView, row: number, precision: number): bigint {
  if (precision <= 18) return data.getBigInt64(row * 8, true);
  return (data.getBigInt64(row * 16 + 8, true) << 64n) | data.getBigUint64(row * 16, true);
}

/** A number where it is exact: those are many times faster. */
function int64(data: DataView, at: number): number | bigint {
  const high = data.getInt32(at + 4, true);
  const isSafe = high >= -0x20_0000 && high < 0x20_0000;
  return isSafe ? high * 0x1_0000_0000 + data.getUint32(at, true) : data.getBigInt64(at, true);
}

function bytesOf(vector: Vector): Uint8Array {
  return vector.layout === "list" ? new Uint8Array() : vector.data;
}

/** The shortest text that reads back as the same number. */
function floatText(value: number, single: boolean): string {
  if (Object.is(value, -0)) return "-0";
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "infinity" : "-infinity";
  if (!single) return String(value);
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(Number(value.toPrecision(9)));
}

function decimalText(value: number | bigint, scale: number): string {
  const digits = String(value < 0 ? -value : value).padStart(scale + 1, "0");
  const sign = value < 0 ? "-" : "";
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function dateText(days: number): string {
  if (Math.abs(days) === dateInfinity) return days > 0 ? "infinity" : "-infinity";
  const { year, text } = dated(days);
  return year > 0 ? text : `${text} BC`;
}

function timeText(microseconds: number): string {
  const seconds = Math.floor(microseconds / 1_000_000);
  const minutes = Math.floor(seconds / 60);
  const clock = `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}:${twoDigits(seconds % 60)}`;
  let fraction = microseconds % 1_000_000;
  if (fraction === 0) return clock;
  let digits = 6;
  for (; fraction % 10 === 0; digits--) fraction /= 10;
  return `${clock}.${pad(fraction, digits)}`;
}

function datetimeText(microseconds: number | bigint, zone: string): string {
  if (microseconds === timestampInfinity) return "infinity";
  if (microseconds === -timestampInfinity) return "-infinity";
  const { days, time } = typeof microseconds === "number" ? daysAndTime(microseconds) : bigDaysAndTime(microseconds);
  const { year, text } = dated(days);
  return `${text} ${timeText(time)}${zone}${year > 0 ? "" : " BC"}`;
}

/** Times that follow one another are mostly of the same day. */
let lastDated = { days: Number.NaN, year: 0, text: "" };

/** A day's year, and its text without the era. */
function dated(days: number): { readonly year: number; readonly text: string } {
  if (lastDated.days === days) return lastDated;
  const { year, month, day } = civil(days);
  const text = `${pad(year > 0 ? year : 1 - year, 4)}-${twoDigits(month)}-${twoDigits(day)}`;
  lastDated = { days, year, text };
  return lastDated;
}

function daysAndTime(microseconds: number): { days: number; time: number } {
  const day = 86_400_000_000;
  const time = ((microseconds % day) + day) % day;
  return { days: (microseconds - time) / day, time };
}

function bigDaysAndTime(microseconds: bigint): { days: number; time: number } {
  const day = 86_400_000_000n;
  const time = ((microseconds % day) + day) % day;
  return { days: Number((microseconds - time) / day), time: Number(time) };
}

/** Days since 1970-01-01 to a proleptic Gregorian date: http://howardhinnant.github.io/date_algorithms.html */
function civil(days: number): { year: number; month: number; day: number } {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  };
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, "0");
}

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

function uuidText(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

const bareItems = new Set(["boolean", "int16", "int32", "int64", "decimal", "json", "list"]);

function listText(vector: Vector, item: ColumnType, row: number): string {
  if (vector.layout !== "list") return "[]";
  const read = textReader(vector.child, item);
  const texts: string[] = [];
  for (let at = vector.offsets[row]!; at < vector.offsets[row + 1]!; at++) {
    if (isNull(vector.child, at)) {
      texts.push("null");
      continue;
    }
    const text = read(at);
    const isBare = bareItems.has(item.kind);
    texts.push(
      isBare || (item.kind.startsWith("float") && Number.isFinite(Number(text))) ? text : JSON.stringify(text),
    );
  }
  return `[${texts.join(",")}]`;
}
