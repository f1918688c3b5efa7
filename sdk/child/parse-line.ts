import { compactText } from "../json/compact.js";
import { jsonValue } from "../json/json-records.js";
import { eachMember, jsonByte, skipSpace } from "../json/json-scan.js";
import { keyText } from "../json/key-text.js";
import { parseJson } from "../parse-json.js";
import { rawJson } from "../raw-json.js";
import type { Line } from "./lines.js";

/** Lists and objects up to this size are parsed. */
const longValue = 1024 * 1024;

/**
 * The JSON on a line, with every digit kept. In a long line, lists and objects that are long too are not parsed but stay text,
 * as `RawJson`, where they are members of the object that the keys of `path` lead to: the record in a message.
 * @throws SyntaxError for text that is no JSON
 */
export function parseLine(line: Line, path: readonly string[]): unknown {
  if (typeof line === "string") return parseJson(line);
  const start = skipSpace(line, 0, line.length);
  const isObject = line[start] === jsonByte.openBrace;
  const parsed = isObject ? scanned(line, start, path) : undefined;
  // What is wrong with it, the parser says better.
  return parsed ?? parseJson(line.toString());
}

function scanned(line: Buffer, start: number, path: readonly string[]): object | undefined {
  try {
    const { value, end } = parsedObject(line, start, path);
    return skipSpace(line, end, line.length) === line.length ? value : undefined;
  } catch {
    return undefined;
  }
}

function parsedObject(bytes: Buffer, start: number, path: readonly string[]): { value: object; end: number } {
  const [next, ...below] = path;
  const value: object = {};
  const end = eachMember(bytes, start, bytes.length, true, (keyStart, keyEnd, valueStart, valueEnd) => {
    const key = keyText(bytes, keyStart, keyEnd);
    const member =
      key === next && bytes[valueStart] === jsonByte.openBrace
        ? parsedObject(bytes, valueStart, below).value
        : memberValue(bytes, valueStart, valueEnd, next === undefined);
    Object.defineProperty(value, key, { value: member, enumerable: true, writable: true, configurable: true });
  });
  return { value, end };
}

function memberValue(bytes: Buffer, start: number, end: number, mayBeText: boolean): unknown {
  const isNested = bytes[start] === jsonByte.openBrace || bytes[start] === jsonByte.openBracket;
  return isNested && mayBeText && end - start > longValue
    ? rawJson(compactText(bytes, start, end))
    : jsonValue(bytes, start, end);
}
