import type { Run } from "../run.js";
import { hashKey } from "../values/hash.js";
import { toIndex } from "../values/numbers.js";
import { PythonError } from "../values/python-error.js";
import { repr } from "../values/text.js";
import { forbiddenMember, isUndefined, undefinedError, undefinedMember } from "../values/undefined.js";
import type { PyValue } from "../values/value.js";
import { bytesMember } from "./bytes-members.js";
import { dictMember } from "./dict-members.js";
import { listMember, tupleMember } from "./list-members.js";
import { numberMember } from "./number-members.js";
import { setMember } from "./set-members.js";
import { markupMember, stringMember } from "./string-members.js";
import { dateMember, timedeltaMember, timeMember } from "./time-members.js";

/** Attributes of every Python object: they exist, and are withheld. */
const objectAttributes = new Set(
  (
    "class delattr dict dir doc eq format ge getattribute getitem getstate gt hash init init_subclass iter le len lt " +
    "module ne new reduce reduce_ex repr setattr sizeof str subclasshook"
  )
    .split(" ")
    .map((name) => `__${name}__`),
);

/** `of.name`: an attribute or method first, then an item; what every object has by double underscores is withheld. */
export function getAttribute(run: Run, of: PyValue, name: string): PyValue {
  if (objectAttributes.has(name)) return forbiddenMember(of, name);
  if (isUndefined(of)) throw undefinedError(of);
  const member = memberOf(run, of, name);
  if (member !== undefined) return member;
  const item = itemOf(of, name);
  return item === undefined ? undefinedMember(of, name, name) : item;
}

/** `of[key]`: an item first, then an attribute or method where the key is a string. */
export function getItem(run: Run, of: PyValue, key: PyValue): PyValue {
  if (isUndefined(of)) throw undefinedError(of);
  const item = itemOf(of, key);
  if (item !== undefined) return item;
  if (typeof key !== "string") return undefinedMember(of, key, repr(key));
  if (objectAttributes.has(key)) return forbiddenMember(of, key);
  const member = memberOf(run, of, key);
  return member === undefined ? undefinedMember(of, key, key) : member;
}

/** How the fields of `str.format` are looked up: as the template itself would. */
const reach = { attribute: getAttribute, item: getItem };

/** The attribute or bound method of a value. Only names listed for its type exist; nothing of JavaScript is reachable. */
export function memberOf(run: Run, of: PyValue, name: string): PyValue | undefined {
  if (typeof of === "string") return stringMember(run, of, name, reach);
  if (of === null) return undefined;
  if (typeof of !== "object") return numberMember(of, name);
  if (Array.isArray(of)) return listMember(run, of, name);
  switch (of.kind) {
    case "dict": {
      const attributes = of.traits?.attributes;
      if (attributes !== undefined && Object.hasOwn(attributes, name)) return attributes[name];
      return dictMember(run, of, name);
    }
    case "tuple":
      return tupleMember(run, of, name);
    case "set":
      return setMember(run, of, name);
    case "markup":
      return markupMember(run, of, name, reach);
    case "bytes":
      return bytesMember(of, name);
    case "date":
    case "datetime":
      return dateMember(run, of, name);
    case "time":
      return timeMember(run, of, name);
    case "timedelta":
    case "duration":
      return timedeltaMember(of, name);
    case "object":
      return of.attribute(name);
    case "callable":
      return name === "name" && of.repr.startsWith("<Macro") ? of.name : undefined;
    default:
      return undefined;
  }
}

/** An item by its key or index; undefined where there is none or the value has no items. */
function itemOf(of: PyValue, key: PyValue): PyValue | undefined {
  if (typeof of === "object" && of !== null && !Array.isArray(of) && of.kind === "dict") {
    return isHashable(key) ? of.get(key) : undefined;
  }
  const index = typeof key === "boolean" ? BigInt(key) : key;
  if (typeof index !== "bigint") return undefined;
  const at = toIndex(index);
  if (Array.isArray(of)) return of[at < 0 ? of.length + at : at];
  if (typeof of === "string") return isPlain(of) ? of[at < 0 ? of.length + at : at] : [...of].at(at);
  if (of === null || typeof of !== "object") return undefined;
  if (of.kind === "tuple") return of.items.at(at);
  if (of.kind === "markup") {
    const text = [...of.text].at(at);
    return text === undefined ? undefined : { kind: "markup", text };
  }
  if (of.kind === "bytes") {
    const byte = of.data.at(at);
    return byte === undefined ? undefined : BigInt(byte);
  }
  return undefined;
}

/** True for strings without characters of two code units, where places and characters are the same. */
export function isPlain(text: string): boolean {
  return !/[\ud800-\udfff]/.test(text);
}

function isHashable(key: PyValue): boolean {
  try {
    hashKey(key);
    return true;
  } catch (error) {
    if (error instanceof PythonError) return false;
    throw error;
  }
}
