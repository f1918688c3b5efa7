import type { DataError } from "../../../../sdk/index.js";
import { eachMember, isJsonProblem, jsonByte, skipSpace } from "../../../../sdk/json/json-scan.js";
import { keyText } from "../../../../sdk/json/key-text.js";
import type { ValueForm } from "../../guard/value-form.js";
import { type LineForm, lineForm } from "./line-form.js";

/** A member of a record: its key, and where its value stands. */
export interface Member {
  readonly key: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The form of the line from `start` to `end`, behind its end, whatever its values are. What `refuse` makes is thrown where
 * the line is not one object, or has a key that is none of `fields` or comes twice.
 */
export function readForm(
  bytes: Buffer,
  start: number,
  end: number,
  fields: ReadonlyMap<string, ValueForm>,
  refuse: (what: string, column?: string) => DataError,
): { form: LineForm; members: readonly Member[] } {
  const texts: Buffer[] = [];
  const members = new Map<string, Member>();
  let before = start;
  const stop = endOfObject(bytes, start, end, refuse, (keyStart, keyEnd, valueStart, valueEnd) => {
    const key = keyText(bytes, keyStart, keyEnd);
    if (!fields.has(key) || members.has(key)) throw refuse(`the key '${key}' is new or comes twice`, key);
    members.set(key, { key, start: valueStart, end: valueEnd });
    texts.push(bytes.subarray(before, valueStart));
    before = valueEnd;
  });
  if (stop < 0 || skipSpace(bytes, stop, end) < end) throw refuse("the line is not one record");
  texts.push(bytes.subarray(before, end));
  const used = [...members.keys()].map((key) => fields.get(key)!);
  return { form: lineForm(texts, used), members: [...members.values()] };
}

function endOfObject(
  bytes: Buffer,
  start: number,
  end: number,
  refuse: (what: string) => DataError,
  onMember: Parameters<typeof eachMember>[4],
): number {
  const at = skipSpace(bytes, start, end);
  if (bytes[at] !== jsonByte.openBrace) throw refuse("the line is not an object");
  try {
    return eachMember(bytes, at, end, true, onMember);
  } catch (error) {
    throw isJsonProblem(error) ? refuse(error.jsonProblem) : error;
  }
}
