import { hashKey } from "./hash.js";
import { PythonError } from "./python-error.js";
import { deeper, type Trail } from "./trail.js";
import { typeName } from "./type-name.js";
import { isUndefined, undefinedError } from "./undefined.js";
import type { PyValue } from "./value.js";

export type Ordering = "<" | "<=" | ">" | ">=";

/** `left == right`. */
export function equals(left: PyValue, right: PyValue): boolean {
  return equalWithin({ depth: 0, visited: 0 }, left, right);
}

function equalWithin(trail: Trail, left: PyValue, right: PyValue): boolean {
  const a = plain(left);
  const b = plain(right);
  if (isNumeric(a)) return isNumeric(b) ? numbersEqual(number(a), number(b)) : complexEquals(b, a);
  if (a === null || b === null || typeof a !== "object" || typeof b !== "object") return a === b;
  if (a === b) return true;
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && sameItems(a, b, trail);
  if (a.kind === "tuple") return b.kind === "tuple" && sameItems(a.items, b.items, trail);
  if (a.kind === "undefined") return b.kind === "undefined";
  if (a.kind === "dict") return b.kind === "dict" && sameEntries(a, b, trail);
  if (a.kind === "set") return b.kind === "set" && a.size === b.size && [...a].every((member) => b.has(member));
  if (a.kind === "duration" || b.kind === "duration") return durationsEqual(a, b);
  if (a.kind === "datetime" && b.kind === "datetime") {
    return (a.zone === null) === (b.zone === null) && hashKey(a) === hashKey(b);
  }
  if (a.kind !== b.kind) return false;
  if (a.kind === "view") return b.kind === "view" && a.of === b.of && a.type === b.type;
  return a.kind !== "object" && a.kind !== "iterator" && a.kind !== "callable" && hashKey(a) === hashKey(b);
}

/** `left < right` and its kin; a TypeError where Python knows no order. */
export function ordered(operator: Ordering, left: PyValue, right: PyValue): boolean {
  return orderedWithin({ depth: 0, visited: 0 }, operator, left, right);
}

function orderedWithin(trail: Trail, operator: Ordering, left: PyValue, right: PyValue): boolean {
  const a = plain(left);
  const b = plain(right);
  if (isUndefined(a)) throw undefinedError(a);
  if (isUndefined(b)) throw undefinedError(b);
  if (isNumeric(a) && isNumeric(b)) return holds(operator, number(a), number(b));
  if (typeof a === "string" && typeof b === "string") return holds(operator, ...codePointOrder(a, b));
  const items = sequences(a, b);
  if (items !== undefined) return sequencesOrdered(operator, items[0], items[1], trail);
  if (a !== null && b !== null && typeof a === "object" && typeof b === "object" && "kind" in a && "kind" in b) {
    if (a.kind === "date" && b.kind === "date") return holds(operator, a.days, b.days);
    if (a.kind === "timedelta" && b.kind === "timedelta") return holds(operator, a.microseconds, b.microseconds);
    if (a.kind === "time" && b.kind === "time") return holds(operator, a.microseconds, b.microseconds);
    if (a.kind === "datetime" && b.kind === "datetime") {
      if ((a.zone === null) !== (b.zone === null)) {
        throw new PythonError("TypeError", "can't compare offset-naive and offset-aware datetimes");
      }
      return holds(operator, a.wall - (a.zone?.offset ?? 0n), b.wall - (b.zone?.offset ?? 0n));
    }
    if (a.kind === "set" && b.kind === "set") {
      const inside = [...a].every((member) => b.has(member));
      const around = [...b].every((member) => a.has(member));
      return { "<": inside && !around, "<=": inside, ">": around && !inside, ">=": around }[operator];
    }
    if (a.kind === "bytes" && b.kind === "bytes") return holds(operator, Buffer.compare(a.data, b.data), 0);
    if ((a.kind === "datetime" && b.kind === "date") || (a.kind === "date" && b.kind === "datetime")) {
      throw new PythonError("TypeError", `can't compare ${typeLong(a.kind)} to ${typeLong(b.kind)}`);
    }
  }
  const message = `'${operator}' not supported between instances of '${dotted(left)}' and '${dotted(right)}'`;
  throw new PythonError("TypeError", message);
}

/** The identity that `is` and `in` look at first: the same object, or equal values that Python shares. */
export function isSame(left: PyValue, right: PyValue): boolean {
  return left === right || (typeof left === "number" && Object.is(left, right));
}

function plain(value: PyValue): PyValue {
  const isMarkup = typeof value === "object" && value !== null && !Array.isArray(value) && value.kind === "markup";
  return isMarkup ? value.text : value;
}

function isNumeric(value: PyValue): value is boolean | bigint | number {
  return typeof value === "bigint" || typeof value === "number" || typeof value === "boolean";
}

function number(value: boolean | bigint | number): bigint | number {
  return typeof value === "boolean" ? (value ? 1n : 0n) : value;
}

function numbersEqual(left: bigint | number, right: bigint | number): boolean {
  return left <= right && left >= right;
}

function complexEquals(value: PyValue, real: PyValue): boolean {
  if (value === null || typeof value !== "object" || Array.isArray(value) || value.kind !== "complex") return false;
  return value.imaginary === 0 && equals(value.real, real);
}

function holds<T extends bigint | number | string>(operator: Ordering, left: T, right: T): boolean {
  if (operator === "<") return left < right;
  if (operator === "<=") return left <= right;
  return operator === ">" ? left > right : left >= right;
}

/** Numbers that stand to each other as the strings do by code point; UTF-16 order differs above U+FFFF. */
function codePointOrder(left: string, right: string): [number, number] {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const a = left.charCodeAt(at);
    const b = right.charCodeAt(at);
    if (a !== b) return [codeUnitRank(a), codeUnitRank(b)];
  }
  return [left.length, right.length];
}

/** Surrogates rank above all other code units. */
function codeUnitRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

function sequences(a: PyValue, b: PyValue): [readonly PyValue[], readonly PyValue[]] | undefined {
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) ? [a, b] : undefined;
  if (a === null || b === null || typeof a !== "object" || typeof b !== "object") return undefined;
  return a.kind === "tuple" && b.kind === "tuple" ? [a.items, b.items] : undefined;
}

function sequencesOrdered(operator: Ordering, a: readonly PyValue[], b: readonly PyValue[], trail: Trail): boolean {
  const length = Math.min(a.length, b.length);
  return deeper(trail, length, () => {
    for (let at = 0; at < length; at++) {
      if (isSame(a[at]!, b[at]!) || equalWithin(trail, a[at]!, b[at]!)) continue;
      return orderedWithin(trail, operator, a[at]!, b[at]!);
    }
    return holds(operator, a.length, b.length);
  });
}

function sameItems(a: readonly PyValue[], b: readonly PyValue[], trail: Trail): boolean {
  if (a.length !== b.length) return false;
  return deeper(trail, a.length, () => a.every((item, at) => isSame(item, b[at]!) || equalWithin(trail, item, b[at]!)));
}

type Dict = Extract<PyValue, { kind: "dict" }>;

function sameEntries(a: Dict, b: Dict, trail: Trail): boolean {
  if (a.size !== b.size) return false;
  return deeper(trail, a.size, () => {
    for (const [key, value] of a) {
      const other = b.get(key);
      if (other === undefined || !(isSame(value, other) || equalWithin(trail, value, other))) return false;
    }
    return true;
  });
}

type Keyed = Exclude<PyValue, null | boolean | bigint | number | string | PyValue[]>;

function durationsEqual(a: Keyed, b: Keyed): boolean {
  const parts = [a, b].map((value) => {
    if (value.kind === "timedelta") return { months: 0, rest: value.microseconds };
    return value.kind === "duration" ? { months: value.years * 12 + value.months, rest: value.rest } : undefined;
  });
  const [left, right] = parts;
  return left !== undefined && right !== undefined && left.months === right.months && left.rest === right.rest;
}

function typeLong(kind: string): string {
  return `datetime.${kind}`;
}

/** Some classes stand in Python's messages with their module. */
function dotted(value: PyValue): string {
  const name = typeName(value);
  return ["date", "datetime", "time", "timedelta"].includes(name) ? `datetime.${name}` : name;
}
