import { escapedString, isNumberForm, type JsonRecords, jsonValue } from "../json/json-records.js";
import { jsonByte } from "../json/json-scan.js";
import { readLongNumbers } from "../json/read-long-numbers.js";
import { safeDigits } from "../json/take-number.js";
import { note, type Seen, saysNothingNew } from "./seen-values.js";

/** Adds one member of every record; returns whether its type may be another now. Most values show by their form that they are like those before. */
export function seeMember(seen: Seen, records: JsonRecords, slot: number): boolean {
  const { bytes, count } = records;
  const [starts, ends] = [records.starts[slot]!, records.ends[slot]!];
  let changed = false;
  for (let i = firstUnlike(seen, records, slot, 0); i < count; i = firstUnlike(seen, records, slot, i + 1)) {
    const value = jsonValue(bytes, starts[i]!, ends[i]!);
    if (saysNothingNew(seen, value)) continue;
    changed = note(seen, value) || changed;
  }
  return changed;
}

/** The first record from `from` on whose value may say something new beside what was seen; quick, and sometimes wrong to think so. */
function firstUnlike(seen: Seen, records: JsonRecords, slot: number, from: number): number {
  const { kinds, told } = seen;
  if (told?.kind === "string" && kinds.size > 1) return records.count;
  switch (kinds.has("number") ? told?.kind : undefined) {
    case "int64":
      return firstNotWhole(seen, records, slot, from);
    case "float64":
      return firstNotFloat(seen, records, slot, from);
    default:
      return firstOther(seen, records, slot, from);
  }
}

function firstOther(seen: Seen, { bytes, count, ...members }: JsonRecords, slot: number, from: number): number {
  const [starts, ends, forms] = [members.starts[slot]!, members.ends[slot]!, members.forms[slot]!];
  const known = knownForms(seen);
  const hasNumbers = seen.kinds.has("number");
  for (let i = from; i < count; i++) {
    if (known[forms[i]!] === 1) continue;
    if (!hasNumbers || !isNoLonger(seen, bytes, starts[i]!, ends[i]!)) return i;
  }
  return count;
}

/** Beside whole numbers of up to 15 digits. */
function firstNotWhole(seen: Seen, { forms: all, numbers: read, count }: JsonRecords, slot: number, from: number) {
  const [forms, numbers] = [all[slot]!, read[slot]];
  const known = knownForms(seen);
  for (let i = from; i < count; i++) {
    if (known[forms[i]!] === 1) continue;
    if (numbers === undefined || !isNumberForm(forms[i]!) || !Number.isSafeInteger(numbers[i])) return i;
  }
  return count;
}

/** Beside numbers that a float64 is sure to have. */
function firstNotFloat(seen: Seen, records: JsonRecords, slot: number, from: number): number {
  const [forms, numbers, { count }] = [records.forms[slot]!, records.numbers[slot], records];
  const known = knownForms(seen);
  if (from === 0 && numbers !== undefined) readLongNumbers(records, slot);
  for (let i = from; i < count; i++) {
    if (known[forms[i]!] === 1) continue;
    if (numbers === undefined || !isNumberForm(forms[i]!) || Number.isNaN(numbers[i])) return i;
  }
  return count;
}

/** By the form of a value: 1 where it says nothing new, whatever follows: null, and what is no number and was seen. */
function knownForms({ kinds }: Seen): Uint8Array {
  return tables[(kinds.has("string") ? 1 : 0) + (kinds.has("boolean") ? 2 : 0) + (kinds.has("json") ? 4 : 0)]!;
}

const [letterF, letterN, letterT] = [0x66, 0x6e, 0x74] as const;

const tables = Array.from({ length: 8 }, (_, kinds) => {
  const forms = [
    ...[0, letterN],
    ...((kinds & 1) === 0 ? [] : [jsonByte.quote, escapedString]),
    ...((kinds & 2) === 0 ? [] : [letterT, letterF]),
    ...((kinds & 4) === 0 ? [] : [jsonByte.openBrace, jsonByte.openBracket]),
  ];
  return Uint8Array.from({ length: 256 }, (_, form) => (forms.includes(form) ? 1 : 0));
});

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
