import { DataError } from "../../../sdk/index.js";
import { eachMember, jsonByte } from "../../../sdk/json/json-scan.js";
import { keyText } from "../../../sdk/json/key-text.js";
import type { JsonRecord } from "./json-records.js";

/** The column of a record that is no object: `[1, 2, 3]` has three records with a `value` each. */
const bareValue = "value";

/** Numbers the keys of records in the order they are first seen. */
export interface MemberSlots {
  /**
   * Tells the slot of each member of a record, and where its value stands.
   * @throws DataError `file.json` for a key that comes twice
   */
  each(record: JsonRecord, onValue: (slot: number, bytes: Buffer, start: number, end: number) => void): void;
  /** The keys by slot. */
  names(): readonly string[];
}

/** Records tend to have the same keys in the same order: a key is compared with the one that followed last time. */
export function memberSlots(): MemberSlots {
  const names: string[] = [];
  const slots = new Map<string, number>();
  /** Key tokens by their place in a record, and their slots. */
  const tokens: Buffer[] = [];
  const expected: number[] = [];
  /** The last record in which a slot was seen. */
  const seen: number[] = [];
  let rows = 0;

  function slotOf(bytes: Buffer, start: number, end: number, place: number): number {
    const token = tokens[place];
    if (token !== undefined && sameBytes(token, bytes, start, end)) return expected[place]!;
    const name = keyText(bytes, start, end);
    let slot = slots.get(name);
    if (slot === undefined) {
      slot = names.push(name) - 1;
      slots.set(name, slot);
    }
    tokens[place] = Buffer.from(bytes.subarray(start, end));
    expected[place] = slot;
    return slot;
  }

  return {
    each(record, onValue) {
      const { bytes, start, end } = record;
      rows++;
      if (bytes[start] !== jsonByte.openBrace) {
        let slot = slots.get(bareValue);
        if (slot === undefined) {
          slot = names.push(bareValue) - 1;
          slots.set(bareValue, slot);
        }
        onValue(slot, bytes, start, end);
        return;
      }
      let place = 0;
      eachMember(bytes, start, end, true, (keyStart, keyEnd, valueStart, valueEnd) => {
        const slot = slotOf(bytes, keyStart, keyEnd, place++);
        if (seen[slot] === rows) throw twice(record, names[slot]!);
        seen[slot] = rows;
        onValue(slot, bytes, valueStart, valueEnd);
      });
    },
    names: () => names,
  };
}

function twice(record: JsonRecord, key: string): DataError {
  const line = record.line();
  return new DataError("file.json", `line ${line}: the key '${key}' comes twice in one record`, {
    row: String(line),
    column: key,
    hint: "a reader could take only one of the values: remove the other",
  });
}

function sameBytes(token: Buffer, bytes: Buffer, start: number, end: number): boolean {
  if (token.length !== end - start) return false;
  for (let at = 0; at < token.length; at++) if (token[at] !== bytes[start + at]) return false;
  return true;
}
