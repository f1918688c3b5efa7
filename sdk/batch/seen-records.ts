import { type JsonRecords, jsonValue } from "../json/json-records.js";
import { jsonByte } from "../json/json-scan.js";
import { plainInteger, plainNumber, safeDigits } from "./json-quick.js";
import { note, type Seen, saysNothingNew } from "./seen-values.js";

/** Adds one member of every record; returns whether its type may be another now. Most values show by their form that they are like those before. */
export function seeMember(seen: Seen, records: JsonRecords, slot: number): boolean {
  const { bytes, count } = records;
  const [starts, ends] = [records.starts[slot]!, records.ends[slot]!];
  let changed = false;
  for (let i = 0; i < count; i++) {
    const start = starts[i]!;
    if (start === 0 || isKnown(seen, bytes, start, ends[i]!)) continue;
    const value = jsonValue(bytes, start, ends[i]!);
    if (!saysNothingNew(seen, value)) changed = note(seen, value) || changed;
  }
  return changed;
}

/** Whether a value says nothing new, or is null; quick, and sometimes wrongly false. */
function isKnown(seen: Seen, bytes: Buffer, start: number, end: number): boolean {
  const { kinds, told } = seen;
  if (told?.kind === "string" && kinds.size > 1) return true;
  switch (bytes[start]) {
    case 0x6e:
      return true;
    case jsonByte.quote:
      return kinds.has("string");
    case 0x74:
    case 0x66:
      return kinds.has("boolean");
    case jsonByte.openBrace:
    case jsonByte.openBracket:
      return kinds.has("json");
  }
  if (!kinds.has("number")) return false;
  if (told?.kind === "int64") return !Number.isNaN(plainInteger(bytes, start, end));
  if (told?.kind === "float64") return !Number.isNaN(plainNumber(bytes, start, end));
  return isNoLonger(seen, bytes, start, end);
}

/** Whether a plain number has no more digits before and after its point than were seen. */
function isNoLonger({ whole, scale, fraction }: Seen, bytes: Buffer, start: number, end: number): boolean {
  const first = bytes[start] === 0x2d ? start + 1 : start;
  if (end - first > safeDigits) return false;
  let point = end;
  for (let at = first; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === 0x2e) point = at;
    else if (byte < 0x30 || byte > 0x39) return false;
  }
  return point - first <= whole && (point === end || (fraction && end - point - 1 <= scale));
}
