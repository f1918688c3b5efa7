import { type JsonRecords, jsonValue } from "../json/json-records.js";
import { jsonByte } from "../json/json-scan.js";
import { plainInteger, plainNumber, safeDigits } from "./json-quick.js";
import { note, type Seen, saysNothingNew } from "./seen-values.js";

/** Adds one member of every record; returns whether its type may be another now. Most values show by their form that they are like those before. */
export function seeMember(seen: Seen, records: JsonRecords, slot: number): boolean {
  const { bytes, count } = records;
  const [starts, ends] = [records.starts[slot]!, records.ends[slot]!];
  let changed = false;
  let isKnown = knownForms(seen, records, slot);
  for (let i = 0; i < count; i++) {
    const start = starts[i]!;
    if (start === 0 || isKnown(i)) continue;
    const value = jsonValue(bytes, start, ends[i]!);
    if (saysNothingNew(seen, value)) continue;
    changed = note(seen, value) || changed;
    isKnown = knownForms(seen, records, slot);
  }
  return changed;
}

/** Says whether the value of a record says nothing new beside what was seen, or is null; quick, and sometimes wrongly false. */
function knownForms(seen: Seen, records: JsonRecords, slot: number): (record: number) => boolean {
  const { kinds, told } = seen;
  if (told?.kind === "string" && kinds.size > 1) return () => true;
  const { bytes } = records;
  const [starts, ends] = [records.starts[slot]!, records.ends[slot]!];
  const [strings, booleans, json] = [kinds.has("string"), kinds.has("boolean"), kinds.has("json")];
  const isKnownNumber = kinds.has("number") ? knownNumbers(seen, records, slot) : () => false;
  return (record) => {
    const start = starts[record]!;
    switch (bytes[start]) {
      case 0x6e:
        return true;
      case jsonByte.quote:
        return strings;
      case 0x74:
      case 0x66:
        return booleans;
      case jsonByte.openBrace:
      case jsonByte.openBracket:
        return json;
      default:
        return isKnownNumber(start, ends[record]!, record);
    }
  };
}

type IsKnownNumber = (start: number, end: number, record: number) => boolean;

function knownNumbers(seen: Seen, { bytes, numbers, count }: JsonRecords, slot: number): IsKnownNumber {
  switch (seen.told?.kind) {
    case "int64":
      return (start, end) => !Number.isNaN(plainInteger(bytes, start, end));
    case "float64": {
      // Whoever packs them need not read them again.
      const read = numbers[slot] ?? new Float64Array(count).fill(Number.NaN);
      numbers[slot] = read;
      return (start, end, record) => {
        const number = plainNumber(bytes, start, end);
        read[record] = number;
        return !Number.isNaN(number);
      };
    }
    default:
      return (start, end) => isNoLonger(seen, bytes, start, end);
  }
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
