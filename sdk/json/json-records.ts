import type { JsonObject } from "../json.js";
import { parseJson } from "../parse-json.js";
import { jsonByte } from "./json-scan.js";
import { writeUnescaped } from "./unescape.js";

/**
 * The records of a list as they stand in JSON text: where each is, and where the values of its members are. No value of
 * them has been made. Positions count bytes of `bytes`, which is JSON in UTF-8 throughout.
 */
export interface JsonRecords {
  readonly bytes: Buffer;
  readonly count: number;
  /** Record i stands from `bounds[2 * i]` to `bounds[2 * i + 1]`. */
  readonly bounds: Int32Array;
  /** Every key of any record, in the order first seen. */
  readonly keys: readonly string[];
  /** For each key where its value begins, by record; 0 where the record has none, or is itself a value at the very beginning. */
  readonly starts: readonly Int32Array[];
  /** For each key where its value ends, by record. */
  readonly ends: readonly Int32Array[];
  /** For each key, by record: the byte with which its value begins, or `escapedString`; 0 where the record has none. */
  readonly forms: readonly Uint8Array[];
  /**
   * For each key, by record, where the form is that of a number: the number, NaN for one that a double may not have exactly
   * as it is written. Undefined where no record has a number.
   */
  readonly numbers: readonly (Float64Array | undefined)[];
  /** To be called by who has done with them, where nobody else looks at them again: their memory is used otherwise. */
  readonly release?: () => void;
}

/** In place of a quote: a string with an escape in it. */
export const escapedString = 0x5c;

/** Whether a value that begins with this byte is a number. */
export function isNumberForm(form: number): boolean {
  return form === 0x2d || (form >= 0x30 && form <= 0x39);
}

/** One record as an object, with every digit kept. */
export function jsonRecord({ bytes, bounds }: JsonRecords, index: number): JsonObject {
  return jsonValue(bytes, bounds[2 * index]!, bounds[2 * index + 1]!) as JsonObject;
}

/** All records as objects, with every digit kept: parsed at once, and again those values in which digits may be lost. */
export function jsonList(records: JsonRecords): readonly JsonObject[] {
  const { bytes, bounds, count, keys } = records;
  if (count === 0) return [];
  const text = `[${bytes.toString("utf8", bounds[0], bounds[2 * count - 1])}]`;
  if (keys.includes("__proto__")) return parseJson(text) as readonly JsonObject[];
  const list = JSON.parse(text) as Record<string, unknown>[];
  for (const [slot, key] of keys.entries()) {
    const [starts, ends] = [records.starts[slot]!, records.ends[slot]!];
    for (let i = 0; i < count; i++) {
      if (mayLoseDigits(bytes, starts[i]!, ends[i]!)) list[i]![key] = jsonValue(bytes, starts[i]!, ends[i]!);
    }
  }
  return list as readonly JsonObject[];
}

/** A number of sixteen characters or with an exponent; in a list or object, anything that may be one. */
function mayLoseDigits(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < 3 || bytes[start] === jsonByte.quote) return false;
  let run = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if ((byte >= 0x30 && byte <= 0x39) || byte === 0x2e) run++;
    else if ((byte | 0x20) === 0x65 && run > 0) return true;
    else run = 0;
    if (run >= 16) return true;
  }
  return false;
}

/** The value that stands between two positions, with every digit kept. */
export function jsonValue(bytes: Buffer, start: number, end: number): unknown {
  if (bytes[start] !== jsonByte.quote) return parseJson(bytes.toString("utf8", start, end));
  for (let at = start + 1; at < end; at++) {
    if (bytes[at] === jsonByte.backslash)
      return end - at > longText ? longString(bytes, start, end) : JSON.parse(bytes.toString("utf8", start, end));
  }
  return bytes.toString("utf8", start + 1, end - 1);
}

const longText = 64 * 1024;

/** Without a second string, that of its JSON text, beside it. */
function longString(bytes: Buffer, start: number, end: number): string {
  const read = Buffer.allocUnsafeSlow(end - start);
  const length = writeUnescaped(bytes, start + 1, end - 1, read, 0);
  return length < 0 ? JSON.parse(bytes.toString("utf8", start, end)) : read.toString("utf8", 0, length);
}

/** One member of every record; undefined where a record does not have it. */
export function memberValues({ bytes, count, keys, ...records }: JsonRecords, key: string): unknown[] {
  const values: unknown[] = new Array(count).fill(undefined);
  const slot = keys.indexOf(key);
  if (slot < 0) return values;
  const [starts, ends] = [records.starts[slot]!, records.ends[slot]!];
  for (let i = 0; i < count; i++) if (starts[i] !== 0) values[i] = jsonValue(bytes, starts[i]!, ends[i]!);
  return values;
}
