import { compactText } from "../../../sdk/json/compact.js";
import { jsonValue } from "../../../sdk/json/json-records.js";
import { eachItem, eachMember, endOfValue, isJsonProblem, jsonByte, skipSpace } from "../../../sdk/json/json-scan.js";
import { keyText } from "../../../sdk/json/key-text.js";
import { fromJson } from "../jinja/json.js";
import { pyDict } from "../jinja/values/dict.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";
import { noteExactFloat, noteExactFloats } from "./exact-floats.js";

/*
 * Lists and objects of a megabyte and more are parsed when somebody looks into them, and then only one level deep: as values
 * they take twenty times their text, and most of them only pass from an answer to a row.
 */

const longBytes = 1024 * 1024;

/** What gives the text of a value that was not looked into. */
const unparsed = new WeakMap<object, () => string | undefined>();

/** The value of JSON in UTF-8, which must stay as it is; undefined for what is no JSON, or is none to every reader. */
export function fromLongJson(bytes: Buffer): PyValue | undefined {
  try {
    const start = skipSpace(bytes, 0, bytes.length);
    const end = endOfValue(bytes, start, bytes.length, true);
    return end > 0 && skipSpace(bytes, end, bytes.length) === bytes.length
      ? parsedValue(bytes.subarray(start, end))
      : undefined;
  } catch (error) {
    if (isJsonProblem(error)) return undefined;
    throw error;
  }
}

/** The JSON text of a list or dict that nobody has looked into. */
export function unparsedText(value: PyValue): string | undefined {
  return typeof value === "object" && value !== null ? unparsed.get(value)?.() : undefined;
}

function parsedValue(bytes: Buffer): PyValue {
  if (bytes[0] === jsonByte.quote) return jsonValue(bytes, 0, bytes.length) as string;
  if (bytes.length > longBytes) {
    if (bytes[0] === jsonByte.openBrace) return longDict(bytes);
    if (bytes[0] === jsonByte.openBracket) return longList(bytes);
  }
  const text = bytes.toString("utf8");
  const value = fromJson(text);
  noteExactFloats(value, text);
  return value;
}

function memberOf(bytes: Buffer, holder: PyDict | PyValue[], key: PyValue): PyValue {
  const value = parsedValue(bytes);
  if (typeof value === "number") noteExactFloat(holder, key, value, bytes.toString("latin1"));
  return value;
}

function longDict(bytes: Buffer): PyDict {
  let parsed: PyDict | undefined;
  const whole = () => {
    parsed ??= membersOf(bytes, dict);
    return parsed;
  };
  const dict: PyDict = {
    kind: "dict",
    traits: undefined,
    get size() {
      return whole().size;
    },
    has: (key) => whole().has(key),
    get: (key) => whole().get(key),
    set: (key, value) => whole().set(key, value),
    delete: (key) => whole().delete(key),
    clear: () => whole().clear(),
    keys: () => whole().keys(),
    values: () => whole().values(),
    entries: () => whole().entries(),
    [Symbol.iterator]: () => whole()[Symbol.iterator](),
  };
  unparsed.set(dict, () => (parsed === undefined ? compactText(bytes) : undefined));
  return dict;
}

function membersOf(bytes: Buffer, holder: PyDict): PyDict {
  const dict = pyDict();
  eachMember(bytes, 0, bytes.length, true, (keyStart, keyEnd, start, end) => {
    const key = keyText(bytes, keyStart, keyEnd);
    dict.set(key, memberOf(bytes.subarray(start, end), holder, key));
  });
  return dict;
}

function longList(bytes: Buffer): PyValue[] {
  const items: PyValue[] = [];
  let isParsed = false;
  const whole = () => {
    if (isParsed) return items;
    isParsed = true;
    eachItem(bytes, 0, bytes.length, true, (start, end) => {
      items.push(memberOf(bytes.subarray(start, end), list, BigInt(items.length)));
    });
    return items;
  };
  const list: PyValue[] = new Proxy(items, {
    get: (_, key) => Reflect.get(whole(), key),
    set: (_, key, value) => Reflect.set(whole(), key, value),
    has: (_, key) => Reflect.has(whole(), key),
    ownKeys: () => Reflect.ownKeys(whole()),
    getOwnPropertyDescriptor: (_, key) => Reflect.getOwnPropertyDescriptor(whole(), key),
    defineProperty: (_, key, descriptor) => Reflect.defineProperty(whole(), key, descriptor),
    deleteProperty: (_, key) => Reflect.deleteProperty(whole(), key),
  });
  unparsed.set(list, () => (isParsed ? undefined : compactText(bytes)));
  return list;
}
