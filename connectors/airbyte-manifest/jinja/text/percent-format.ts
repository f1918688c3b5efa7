import type { Run } from "../run.js";
import { textLength } from "../values/iterate.js";
import { numeric, toFloat, truncated } from "../values/numbers.js";
import { PythonError } from "../values/python-error.js";
import { asciiOnly } from "../values/quoted.js";
import { repr, str } from "../values/text.js";
import { typeName } from "../values/type-name.js";
import { isUndefined, undefinedError } from "../values/undefined.js";
import type { PyValue } from "../values/value.js";
import { character } from "./format-spec.js";
import { escapeHtml, isMarkup, markup } from "./markup.js";
import { exponential, fixed, general } from "./number-format.js";

const directive = /%(?:\(([^)]*)\))?([-+ #0]*)(\*|\d+)?(?:\.(\*|\d*))?[hlL]?([\s\S]?)/g;

/** `format % values`: Python's printf. */
export function percentFormat(run: Run, format: PyValue, values: PyValue): PyValue {
  const isSafe = isMarkup(format);
  const text = str(format);
  const isTuple = isRecord(values) && values.kind === "tuple";
  const mapping = isRecord(values) && values.kind === "dict" ? values : undefined;
  const items: readonly PyValue[] = isTuple ? values.items : [values];
  let used = 0;
  const next = (): PyValue => {
    if (used >= items.length) throw new PythonError("TypeError", "not enough arguments for format string");
    return items[used++]!;
  };
  const result = text.replace(
    directive,
    (whole, key: string | undefined, flags: string, width?: string, precision?: string, type?: string) => {
      if (type === "%" && whole === "%%") return "%";
      if (type === undefined || type === "") throw new PythonError("ValueError", "incomplete format");
      const least = width === "*" ? countOf(next()) : Number(width ?? 0);
      const given = precision === "*" ? countOf(next()) : Number(precision || 0);
      const most = precision === undefined ? undefined : Math.max(0, given);
      if (key !== undefined && isUndefined(values)) throw undefinedError(values);
      if (key !== undefined && mapping === undefined) throw new PythonError("TypeError", "format requires a mapping");
      const value = key === undefined ? next() : (mapping?.get(key) ?? missing(mapping, key));
      run.characters(Math.max(Math.abs(least), most ?? 0));
      // A negative width, which only a value can be, puts the text to the left.
      const where = least < 0 ? `${flags}-` : flags;
      return padded(
        isSafe ? safeText(value, type, flags, most) : converted(value, type, flags, most),
        where,
        Math.abs(least),
        type,
      );
    },
  );
  // What has items by key or index passes for a mapping, of which not everything need be used.
  const hasItems = Array.isArray(values) || (isRecord(values) && ["dict", "bytes", "undefined"].includes(values.kind));
  if (used < items.length && !hasItems) {
    throw new PythonError("TypeError", "not all arguments converted during string formatting");
  }
  run.characters(result.length);
  return isSafe ? markup(result) : result;
}

function missing(mapping: Extract<PyValue, { kind: "dict" }> | undefined, key: string): PyValue {
  if (mapping?.has(key) === true) return null;
  throw new PythonError("KeyError", repr(key));
}

function safeText(value: PyValue, type: string, flags: string, precision: number | undefined): string {
  return type === "s" ? cut(escapeHtml(value), precision) : converted(value, type, flags, precision);
}

function cut(text: string, precision: number | undefined): string {
  return precision === undefined ? text : [...text].slice(0, precision).join("");
}

function converted(value: PyValue, type: string, flags: string, precision: number | undefined): string {
  switch (type) {
    case "s":
      return cut(str(value), precision);
    case "r":
      return cut(repr(value), precision);
    case "a":
      return cut(asciiOnly(repr(value)), precision);
    case "c":
      if (typeof value === "bigint" || typeof value === "boolean") return character(BigInt(value));
      if (typeof value === "string" && [...value].length === 1) return value;
      throw new PythonError("TypeError", "%c requires int or char");
    case "d":
    case "i":
    case "u":
      return signed(intText(value, 10n, precision, type), flags);
    case "x":
      return signed(prefixed(intText(value, 16n, precision, type), "0x", flags), flags);
    case "X":
      return signed(prefixed(intText(value, 16n, precision, type).toUpperCase(), "0X", flags), flags);
    case "o":
      return signed(prefixed(intText(value, 8n, precision, type), "0o", flags), flags);
    case "f":
    case "F":
      return signed(fixed(floatOf(value), precision ?? 6, flags.includes("#")), flags);
    case "e":
    case "E":
      return signed(upper(exponential(floatOf(value), precision ?? 6, flags.includes("#")), type), flags);
    case "g":
    case "G":
      return signed(upper(general(floatOf(value), precision ?? 6, flags.includes("#")), type), flags);
    default:
      throw new PythonError("ValueError", `unsupported format character '${type}'`);
  }
}

function intText(value: PyValue, base: bigint, precision: number | undefined, type: string): string {
  if (isUndefined(value) && base === 10n) throw undefinedError(value);
  const number = numeric(value);
  if (number === undefined || (typeof number === "number" && base !== 10n)) {
    const wanted = base === 10n ? "a real number" : "an integer";
    throw new PythonError("TypeError", `%${type} format: ${wanted} is required, not ${typeName(value)}`);
  }
  const int = typeof number === "number" ? truncated(number) : number;
  const digits = (int < 0n ? -int : int).toString(Number(base)).padStart(precision ?? 0, "0");
  return int < 0n ? `-${digits}` : digits;
}

function prefixed(digits: string, prefix: string, flags: string): string {
  return flags.includes("#") ? digits.replace(/^-?/, (sign) => sign + prefix) : digits;
}

function signed(text: string, flags: string): string {
  if (text.startsWith("-")) return text;
  return flags.includes("+") ? `+${text}` : flags.includes(" ") ? ` ${text}` : text;
}

function upper(text: string, type: string): string {
  return type === type.toUpperCase() ? text.toUpperCase() : text;
}

function floatOf(value: PyValue): number {
  if (isUndefined(value)) throw undefinedError(value);
  const number = numeric(value);
  if (number === undefined) throw new PythonError("TypeError", `must be real number, not ${typeName(value)}`);
  return toFloat(number);
}

function padded(text: string, flags: string, width: number, type: string): string {
  const missing = Math.max(0, width - textLength(text));
  if (flags.includes("-")) return text + " ".repeat(missing);
  if (!flags.includes("0") || "srac".includes(type)) return " ".repeat(missing) + text;
  const sign = /^[+\- ]?(?:0[xXo])?/.exec(text)?.[0] ?? "";
  return sign + "0".repeat(missing) + text.slice(sign.length);
}

function countOf(value: PyValue): number {
  if (typeof value === "bigint" || typeof value === "boolean") return Number(value);
  throw new PythonError("TypeError", "* wants int");
}

type Rec = Exclude<PyValue, null | boolean | bigint | number | string | PyValue[]>;

function isRecord(value: PyValue): value is Rec {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
