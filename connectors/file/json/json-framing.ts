import { ConfigError } from "../../../sdk/index.js";
import { eachMember, endOfValue, incomplete, isJsonProblem, jsonByte, skipSpace } from "../../../sdk/json/json-scan.js";
import { keyText } from "../../../sdk/json/key-text.js";
import { headBytes } from "../files/open-bytes.js";
import type { DataFile } from "../files/source-file.js";

/** Where the records of a JSON text are. */
export type JsonFraming =
  /** One value after another, usually one a line. */
  | { readonly kind: "sequence" }
  /** The items of the array at the end of a path of keys; an empty path: of the array that the text is. */
  | { readonly kind: "array"; readonly path: readonly string[]; readonly chosen: "by_settings" | "by_content" };

const inspectedBytes = 8 * 1024 * 1024;

/**
 * Finds the records: those the settings name; else the lines of JSON lines, the items of an array, or of the only array
 * of objects at the top level of a document. A document without one is a record itself.
 * @throws ConfigError `file.records_ambiguous`, `file.records_not_found`
 */
export async function jsonFraming(file: DataFile, records: string | undefined): Promise<JsonFraming> {
  if (records !== undefined) return { kind: "array", path: records.split("."), chosen: "by_settings" };
  if (file.format === "jsonl") return { kind: "sequence" };
  const head = await headBytes(file, inspectedBytes);
  const whole = head.length < inspectedBytes;
  const start = skipSpace(head, byteOrderMark(head), head.length);
  if (head[start] === jsonByte.openBracket) return { kind: "array", path: [], chosen: "by_content" };
  if (head[start] !== jsonByte.openBrace) return { kind: "sequence" };
  const arrays: string[] = [];
  const end = membersOf(head, start, (key, value) => {
    if (isArrayOfObjects(head, value)) arrays.push(key);
  });
  if (end !== incomplete && skipSpace(head, end, head.length) < head.length) return { kind: "sequence" };
  if (end !== incomplete || whole) {
    if (arrays.length > 1) throw ambiguous(file, arrays);
    return arrays.length === 0 ? { kind: "sequence" } : { kind: "array", path: arrays, chosen: "by_content" };
  }
  const first = arrays[0] ?? unfinishedArray(head, start);
  if (first !== undefined) return { kind: "array", path: [first], chosen: "by_content" };
  throw new ConfigError("file.records_not_found", `${file.name}: no array of objects begins in the first 8 MiB`, {
    hint: "set json.records to the path of the records, e.g. data.items",
  });
}

/** The error of a document in which several arrays could be the records. */
export function ambiguous(file: DataFile, arrays: readonly string[]): ConfigError {
  return new ConfigError("file.records_ambiguous", `${file.name}: the records may be in ${arrays.join(", ")}`, {
    hint: `set json.records to one of them, e.g. json: { records: ${arrays[0]} }`,
  });
}

/** The bytes of a UTF-8 byte order mark at the start: 3 or 0. */
export function byteOrderMark(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/** Whether an array begins at `at` whose first item is an object. */
export function isArrayOfObjects(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === jsonByte.openBracket && bytes[skipSpace(bytes, at + 1, bytes.length)] === jsonByte.openBrace;
}

/** Goes through the members of an object; a broken text ends it as an unfinished one does, the read will say why. */
function membersOf(bytes: Buffer, start: number, onMember: (key: string, value: number) => void): number {
  try {
    return eachMember(bytes, start, bytes.length, false, (keyStart, keyEnd, valueStart) => {
      onMember(keyText(bytes, keyStart, keyEnd), valueStart);
    });
  } catch (error) {
    if (isJsonProblem(error)) return incomplete;
    throw error;
  }
}

/** The key of the member that the bytes end in, where it is an array of objects. */
function unfinishedArray(bytes: Buffer, start: number): string | undefined {
  let position = skipSpace(bytes, start + 1, bytes.length);
  while (position < bytes.length) {
    const keyEnd = endOfValue(bytes, position, bytes.length, false);
    if (keyEnd === incomplete) return undefined;
    const value = skipSpace(bytes, skipSpace(bytes, keyEnd, bytes.length) + 1, bytes.length);
    if (isArrayOfObjects(bytes, value)) return keyText(bytes, position, keyEnd);
    const end = endOfValue(bytes, value, bytes.length, false);
    if (end === incomplete) return undefined;
    position = skipSpace(bytes, skipSpace(bytes, end, bytes.length) + 1, bytes.length);
  }
  return undefined;
}
