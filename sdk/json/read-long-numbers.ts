import { isNumberForm, type JsonRecords } from "./json-records.js";
import { jsonByte } from "./json-scan.js";

const { openBracket, closeBracket, comma } = jsonByte;

/** No double prints in more characters. */
const mostCharacters = 25;

/**
 * Reads the numbers of one member that are longer than a double is sure to have, and puts those into `numbers` that it
 * prints in just the characters in which they are written. All are parsed and printed together, which is faster.
 */
export function readLongNumbers({ bytes, count, ...members }: JsonRecords, slot: number): void {
  const [starts, ends, forms] = [members.starts[slot]!, members.ends[slot]!, members.forms[slot]!];
  const numbers = members.numbers[slot]!;
  const long: number[] = [];
  for (let i = 0; i < count; i++) {
    const isLong = isNumberForm(forms[i]!) && Number.isNaN(numbers[i]);
    if (isLong && ends[i]! - starts[i]! <= mostCharacters) long.push(i);
  }
  if (long.length === 0) return;
  const text = joined(bytes, starts, ends, long);
  const values = JSON.parse(text) as number[];
  const areShortest = JSON.stringify(values) === text;
  const texts = areShortest ? [] : text.slice(1, -1).split(",");
  for (const [k, i] of long.entries()) {
    const value = values[k]!;
    const isShortest = areShortest || String(value) === texts[k];
    if (isShortest && (!Number.isInteger(value) || Number.isSafeInteger(value))) numbers[i] = value;
  }
}

/** Numbers as a JSON list. */
function joined(bytes: Buffer, starts: Int32Array, ends: Int32Array, records: readonly number[]): string {
  const list = Buffer.allocUnsafe(records.length * (mostCharacters + 1) + 1);
  let length = 0;
  for (const record of records) {
    list[length] = length === 0 ? openBracket : comma;
    length++;
    for (let at = starts[record]!; at < ends[record]!; at++) list[length++] = bytes[at]!;
  }
  list[length++] = closeBracket;
  return list.toString("latin1", 0, length);
}
