import { PythonError } from "./python-error.js";
import { typeName } from "./type-name.js";
import type { PyValue } from "./value.js";

/** A primitive that is the same for two hashable values exactly when they are equal in Python. */
export type HashKey = string | bigint | number | null;

const maxLength = 10_000_000;

/** The hash key of a value; a TypeError for lists, dicts and sets. Most keys are their own hash key. */
export function hashKey(value: PyValue): HashKey {
  if (typeof value === "string") return value.startsWith("\0") ? `\0s${value}` : value;
  if (typeof value === "bigint" || value === null) return value;
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : value;
  if (!Array.isArray(value)) {
    switch (value.kind) {
      case "markup":
        return hashKey(value.text);
      case "tuple":
        return shortEnough(`\0t${value.items.map((item) => tagged(hashKey(item))).join("")}`);
      case "bytes":
        return `\0b${Buffer.from(value.data).toString("latin1")}`;
      case "date":
        return `\0d${value.days}`;
      case "datetime":
        return value.zone === null ? `\0l${value.wall}` : `\0z${value.wall - value.zone.offset}`;
      case "time":
        return `\0m${value.microseconds}`;
      case "timedelta":
        return `\0p${value.microseconds}`;
      case "duration":
        return `\0u${value.years}/${value.months}/${value.rest}`;
      case "complex":
        return value.imaginary === 0 ? hashKey(value.real) : `\0c${value.real}/${value.imaginary}`;
      case "undefined":
        return "\0undefined";
      case "set":
        if (value.frozen)
          return `\0f${[...value]
            .map((item) => tagged(hashKey(item)))
            .sort()
            .join("")}`;
        break;
      case "dict":
      case "view":
        break;
      default:
        return `\0o${identity(value)}`;
    }
  }
  throw new PythonError("TypeError", `unhashable type: '${typeName(value)}'`);
}

/** The hash key of tuples in tuples grows with all that is in them. */
function shortEnough(key: string): string {
  if (key.length > maxLength) throw new PythonError("ValueError", "a tuple too large to be a key");
  return key;
}

function tagged(key: HashKey): string {
  const text = String(key);
  return `${(typeof key)[0]}${text.length}:${text}`;
}

const identities = new WeakMap<object, number>();
let lastIdentity = 0;

function identity(value: object): number {
  let known = identities.get(value);
  if (known === undefined) {
    known = ++lastIdentity;
    identities.set(value, known);
  }
  return known;
}
