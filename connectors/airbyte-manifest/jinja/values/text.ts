import {
  dateRepr,
  datetimeRepr,
  isoDate,
  isoDatetime,
  isoTime,
  timedeltaRepr,
  timedeltaText,
  timeRepr,
} from "../time/text.js";
import { floatText } from "./float-text.js";
import { PythonError } from "./python-error.js";
import { quoted, quotedBytes } from "./quoted.js";
import { deeper, type Trail } from "./trail.js";
import type { PyDuration, PyValue } from "./value.js";

/** `str(value)`: what a template writes for a value. */
export function str(value: PyValue): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return repr(value);
  switch (value.kind) {
    case "markup":
      return value.text;
    case "undefined":
      return "";
    case "date":
      return isoDate(value.days);
    case "datetime":
      return isoDatetime(value, " ");
    case "time":
      return isoTime(value.microseconds);
    case "timedelta":
      return timedeltaText(value.microseconds);
    case "duration":
      return durationText(value);
    default:
      return repr(value);
  }
}

/** Python prints no longer int. */
const maxDigits = 4300;

function intText(value: bigint): string {
  const text = value.toString();
  if (text.length > maxDigits + 1 || (text.length > maxDigits && value > 0n)) {
    throw new PythonError("ValueError", `Exceeds the limit (${maxDigits} digits) for integer string conversion`);
  }
  return text;
}

/** `repr(value)`: what stands for a value inside a printed list or dict. */
export function repr(value: PyValue): string {
  return reprWithin({ depth: 0, visited: 0 }, value);
}

function reprWithin(trail: Trail, value: PyValue): string {
  if (value === null) return "None";
  switch (typeof value) {
    case "string":
      return quoted(value);
    case "boolean":
      return value ? "True" : "False";
    case "bigint":
      return intText(value);
    case "number":
      return floatText(value);
    default:
  }
  return deeper(trail, 0, () => reprOf(value, (item) => reprWithin(trail, item)));
}

type Nested = Exclude<PyValue, null | boolean | bigint | number | string>;

function reprOf(value: Nested, inner: (item: PyValue) => string): string {
  if (Array.isArray(value)) return `[${value.map(inner).join(", ")}]`;
  switch (value.kind) {
    case "dict":
      return `{${Array.from(value, ([key, item]) => `${inner(key)}: ${inner(item)}`).join(", ")}}`;
    case "tuple":
      if (value.type !== undefined) {
        return `${value.type}(${value.items.map((item, at) => `${value.names?.[at]}=${inner(item)}`).join(", ")})`;
      }
      return value.items.length === 1 ? `(${inner(value.items[0]!)},)` : `(${value.items.map(inner).join(", ")})`;
    case "set": {
      const members = Array.from(value, inner).join(", ");
      if (value.frozen) return value.size === 0 ? "frozenset()" : `frozenset({${members}})`;
      return value.size === 0 ? "set()" : `{${members}}`;
    }
    case "bytes":
      return quotedBytes(value.data);
    case "complex":
      return complexText(value.real, value.imaginary);
    case "date":
      return dateRepr(value.days);
    case "datetime":
      return datetimeRepr(value);
    case "time":
      return timeRepr(value.microseconds);
    case "timedelta":
      return timedeltaRepr(value.microseconds);
    case "duration":
      return durationRepr(value);
    case "markup":
      return `Markup(${quoted(value.text)})`;
    case "undefined":
      return "Undefined";
    case "view":
      return `${value.type}([${viewItems(value).map(inner).join(", ")}])`;
    case "iterator":
      return `<${value.type} object at 0x0>`;
    case "callable":
      return value.repr;
    case "object":
      return value.repr();
  }
}

function viewItems({ type, of }: Extract<PyValue, { kind: "view" }>): PyValue[] {
  if (type === "dict_keys") return [...of.keys()];
  if (type === "dict_values") return [...of.values()];
  return Array.from(of, ([key, value]): PyValue => ({ kind: "tuple", items: [key, value] }));
}

function complexText(real: number, imaginary: number): string {
  const part = (value: number) => floatText(value).replace(/\.0$/, "");
  if (real === 0 && !Object.is(real, -0)) return `${part(imaginary)}j`;
  return `(${part(real)}${imaginary < 0 || Object.is(imaginary, -0) ? "" : "+"}${part(imaginary)}j)`;
}

function durationText({ years, months, rest }: PyDuration): string {
  const parts: string[] = [];
  if (years !== 0) parts.push(`${Math.trunc(years)} years`);
  if (months !== 0) parts.push(`${Math.trunc(months)} ${months <= 1 ? "month" : "months"}`);
  return [...parts, timedeltaText(rest)].join(", ");
}

function durationRepr({ years, months, rest }: PyDuration): string {
  const day = 86_400_000_000n;
  const days = rest >= 0n ? rest / day : -((-rest + day - 1n) / day);
  const inDay = rest - days * day;
  const parts = `${days}, ${inDay / 1_000_000n}, ${inDay % 1_000_000n}`;
  return `isodate.duration.Duration(${parts}, years=${Math.trunc(years)}, months=${Math.trunc(months)})`;
}
