import { parseJson } from "../parse-json.js";
import { lateRawJson } from "../raw-json.js";
import { compactText } from "./compact.js";
import { jsonValue } from "./json-records.js";
import { eachItem, eachMember, jsonByte, skipSpace } from "./json-scan.js";
import { keyText } from "./key-text.js";

/** A step on the way to a record: every item of a list, or every member of an object. */
export const anyStep: unique symbol = Symbol("any");

export type Step = string | typeof anyStep;

/** Values up to this size are parsed. */
const longValue = 1024 * 1024;

/**
 * `parseJson` of a long text with a long record in it: lists and objects that are long too are not parsed but stay text, as
 * `RawJson`, where they are members of what `path` leads to; with `strings`, long strings as well.
 * @throws SyntaxError for text that is no JSON
 */
export function parseAround(bytes: Buffer, path: readonly Step[], strings = false): unknown {
  const start = skipSpace(bytes, 0, bytes.length);
  const parsed = scanned(bytes, start, path, strings);
  // What is wrong with it, the parser says better.
  return parsed ?? parseJson(bytes.toString());
}

function scanned(bytes: Buffer, start: number, path: readonly Step[], strings: boolean): object | undefined {
  try {
    const { value, end } = parsedNested(bytes, start, path, strings);
    return skipSpace(bytes, end, bytes.length) === bytes.length ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The list or object that begins at `start`. */
function parsedNested(bytes: Buffer, start: number, path: readonly Step[], strings: boolean) {
  const [next, ...below] = path;
  const inner = (from: number, to: number, isOnTheWay: boolean): unknown => {
    const nested = isNested(bytes, from);
    if (nested && isOnTheWay) return parsedNested(bytes, from, below, strings).value;
    if (!nested && !strings) return jsonValue(bytes, from, to);
    return next === undefined && to - from > longValue
      ? lateRawJson(() => compactText(bytes, from, to))
      : jsonValue(bytes, from, to);
  };
  if (bytes[start] === jsonByte.openBracket) {
    const list: unknown[] = [];
    const end = eachItem(bytes, start, bytes.length, true, (from, to) => list.push(inner(from, to, next === anyStep)));
    return { value: list, end };
  }
  const object: object = {};
  const end = eachMember(bytes, start, bytes.length, true, (keyStart, keyEnd, from, to) => {
    const key = keyText(bytes, keyStart, keyEnd);
    const value = inner(from, to, next === anyStep || key === next);
    Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
  });
  return { value: object, end };
}

function isNested(bytes: Buffer, at: number): boolean {
  return bytes[at] === jsonByte.openBrace || bytes[at] === jsonByte.openBracket;
}
