import { DataError } from "../../../sdk/errors.js";
import { dumpJson } from "./text/json-dump.js";
import { pyDict } from "./values/dict.js";
import { str } from "./values/text.js";
import type { PyValue } from "./values/value.js";

const maxNesting = 1000;
const number = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const stringEnd = /[^"\\]*(?:\\.[^"\\]*)*"/y;
const control = /[^ -\uffff]/;
const space = /[ \t\n\r]*/y;
const literals: readonly (readonly [string, PyValue])[] = [
  ["null", null],
  ["true", true],
  ["false", false],
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
];

/** The value of JSON text with nothing lost: `1` is an int of any size, `1.0` a float, objects keep their order. */
export function fromJson(text: string): PyValue {
  let at = 0;
  const fail = (): never => {
    throw new DataError("json.invalid", `invalid JSON at character ${at}`);
  };
  const skip = () => {
    space.lastIndex = at;
    at += space.exec(text)?.[0].length ?? 0;
  };
  const expect = (character: string) => {
    if (text[at] !== character) fail();
    at++;
  };
  const parseString = (): string => {
    expect('"');
    stringEnd.lastIndex = at;
    const match = stringEnd.exec(text) ?? fail();
    const source = text.slice(at - 1, at + match[0].length);
    if (!source.includes("\\") && !control.test(source)) {
      at += match[0].length;
      return source.slice(1, -1);
    }
    try {
      const value: string = JSON.parse(source);
      at += match[0].length;
      return value;
    } catch {
      return fail();
    }
  };
  const parseItems = (end: string, item: () => void) => {
    at++;
    skip();
    if (text[at] === end) {
      at++;
      return;
    }
    while (true) {
      item();
      skip();
      if (text[at] === end) break;
      expect(",");
      skip();
    }
    at++;
  };
  const parse = (depth: number): PyValue => {
    skip();
    if (depth > maxNesting) fail();
    const character = text[at];
    if (character === '"') return parseString();
    if (character === "[") {
      const list: PyValue[] = [];
      parseItems("]", () => list.push(parse(depth + 1)));
      return list;
    }
    if (character === "{") {
      const dict = pyDict();
      parseItems("}", () => {
        const key = parseString();
        skip();
        expect(":");
        dict.set(key, parse(depth + 1));
      });
      return dict;
    }
    number.lastIndex = at;
    const match = number.exec(text);
    if (match !== null) {
      at += match[0].length;
      return match[1] === undefined && match[2] === undefined ? BigInt(match[0]) : Number(match[0]);
    }
    const literal = literals.find(([name]) => text.startsWith(name, at)) ?? fail();
    at += literal[0].length;
    return literal[1];
  };
  const value = parse(0);
  skip();
  if (at < text.length) fail();
  return value;
}

/**
 * JSON text of a value, every digit kept: compact, characters beyond ASCII as they are. Tuples and sets are arrays; what
 * JSON has no form for is its text.
 */
export function toJson(value: PyValue): string {
  return dumpJson(undefined, value, { compact: true, ascii: false, lenient: true });
}

/** A value made of parsed JSON or YAML, where whole numbers are ints. */
export function fromPlain(value: unknown): PyValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "number") return Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value;
  if (typeof value === "string" || typeof value === "boolean" || typeof value === "bigint") return value;
  if (Array.isArray(value)) return value.map(fromPlain);
  return pyDict(Object.entries(value).map(([key, item]) => [key, fromPlain(item)]));
}

/** A plain JavaScript value; ints beyond 2^53 stay bigint, and what JSON does not know becomes its text. */
export function toPlain(value: PyValue): unknown {
  if (value === null || typeof value !== "object") {
    return typeof value === "bigint" && BigInt(Number(value)) === value && Number.isSafeInteger(Number(value))
      ? Number(value)
      : value;
  }
  if (Array.isArray(value)) return value.map(toPlain);
  if (value.kind === "dict")
    return Object.fromEntries(Array.from(value, ([key, item]) => [String(key), toPlain(item)]));
  if (value.kind === "tuple") return value.items.map(toPlain);
  return str(value);
}
