import type { Run } from "../run.js";
import { strftime } from "../time/strftime.js";
import { floatText } from "../values/float-text.js";
import { textLength } from "../values/iterate.js";
import { toFloat } from "../values/numbers.js";
import { PythonError } from "../values/python-error.js";
import { str } from "../values/text.js";
import { typeName } from "../values/type-name.js";
import type { PyValue } from "../values/value.js";
import { exponential, fixed, general } from "./number-format.js";

const grammar = /^(?:([\s\S]?)([<>=^]))?([-+ ])?(z)?(#)?(0)?(\d+)?([_,])?(?:\.(\d+))?([bcdeEfFgGnosxX%])?$/u;

interface Spec {
  readonly fill: string;
  readonly align: string | undefined;
  readonly sign: string | undefined;
  readonly alternate: boolean;
  readonly width: number;
  readonly grouping: string | undefined;
  readonly precision: number | undefined;
  readonly type: string | undefined;
}

/** `format(value, spec)`: the part after the colon of a replacement field. */
export function formatValue(run: Run, value: PyValue, spec: string): string {
  if (spec === "") return str(value);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    if (value.kind === "date" || value.kind === "datetime") return strftime(value, spec);
    if (value.kind === "markup") return formatText(value.text, parseSpec(run, value.text, spec));
  }
  if (typeof value === "string") return formatText(value, parseSpec(run, value, spec));
  if (typeof value === "object") {
    throw new PythonError("TypeError", `unsupported format string passed to ${typeName(value)}.__format__`);
  }
  return formatNumber(typeof value === "boolean" ? BigInt(value) : value, parseSpec(run, value, spec));
}

function parseSpec(run: Run, value: PyValue, text: string): Spec {
  const match = grammar.exec(text);
  if (match === null) {
    throw new PythonError("ValueError", `Invalid format specifier '${text}' for object of type '${typeName(value)}'`);
  }
  const [, fill, align, sign, , alternate, zero, digits, grouping, precision, type] = match;
  // After a fill character of its own a zero is only the first digit of the width.
  const isZero = zero !== undefined && !fill;
  const isText = typeof value === "string";
  const width = Number(`${zero ?? ""}${digits ?? ""}` || "0");
  run.characters(width + Number(precision ?? 0));
  return {
    fill: fill || (isZero ? "0" : " "),
    align: align ?? (isZero && !isText ? "=" : undefined),
    sign,
    alternate: alternate !== undefined,
    width,
    grouping: checkedGrouping(grouping, type ?? (isText ? "s" : undefined)),
    precision: precision === undefined ? undefined : Number(precision),
    type,
  };
}

function checkedGrouping(grouping: string | undefined, type: string | undefined): string | undefined {
  const allowed = grouping === "_" ? "deEfFgG%boxX" : "deEfFgG%";
  if (grouping !== undefined && type !== undefined && !allowed.includes(type)) {
    throw new PythonError("ValueError", `Cannot specify '${grouping}' with '${type}'.`);
  }
  return grouping;
}

function formatText(text: string, spec: Spec): string {
  const { type, sign, precision } = spec;
  if (type !== undefined && type !== "s") throw badType(type, text);
  if (sign !== undefined) throw new PythonError("ValueError", "Sign not allowed in string format specifier");
  if (spec.align === "=") throw new PythonError("ValueError", "'=' alignment not allowed in string format specifier");
  if (spec.alternate) {
    throw new PythonError("ValueError", "Alternate form (#) not allowed in string format specifier");
  }
  return aligned(precision === undefined ? text : [...text].slice(0, precision).join(""), spec, "<");
}

function formatNumber(value: bigint | number, spec: Spec): string {
  const { type, sign } = spec;
  const isInt = typeof value === "bigint" && !"eEfFgG%".includes(type ?? "d");
  if (isInt && type === "c") return formatCharacter(value, spec);
  const text = isInt ? intText(value, spec) : floatSpec(toFloat(value), spec);
  const isNegative = text.startsWith("-");
  const digits = isNegative ? text.slice(1) : text;
  const radix = isInt && spec.alternate && "boxX".includes(type ?? "d") ? `0${type}` : "";
  const prefix = (isNegative ? "-" : sign === "+" || sign === " " ? sign : "") + radix;
  const isPadded = spec.align === "=" && spec.fill === "0";
  const grouped = grouping(digits, spec, isPadded ? spec.width - prefix.length : 0);
  if (spec.align === "=") return prefix + grouped.padStart(spec.width - prefix.length, spec.fill);
  return aligned(prefix + grouped, spec, ">");
}

function formatCharacter(value: bigint, spec: Spec): string {
  if (spec.sign !== undefined) {
    throw new PythonError("ValueError", "Sign not allowed with integer format specifier 'c'");
  }
  if (spec.alternate) {
    throw new PythonError("ValueError", "Alternate form (#) not allowed with integer format specifier 'c'");
  }
  if (spec.precision !== undefined) throw noPrecision();
  return aligned(character(value), spec, "<");
}

/** `chr(code)` of a format. */
export function character(code: bigint): string {
  if (code < 0n || code > 0x10ffffn) throw new PythonError("OverflowError", "%c arg not in range(0x110000)");
  return String.fromCodePoint(Number(code));
}

function noPrecision(): PythonError {
  return new PythonError("ValueError", "Precision not allowed in integer format specifier");
}

function intText(value: bigint, { precision, type }: Spec): string {
  if (precision !== undefined) throw noPrecision();
  if (type === "s") throw badType(type, value);
  const digits = value.toString({ b: 2, o: 8, x: 16, X: 16 }[type ?? "d"] ?? 10);
  return type === "X" ? digits.toUpperCase() : digits;
}

function floatSpec(value: number, { alternate, precision, type }: Spec): string {
  switch (type) {
    case "f":
    case "F":
      return fixed(value, precision ?? 6, alternate);
    case "e":
      return exponential(value, precision ?? 6, alternate);
    case "E":
      return exponential(value, precision ?? 6, alternate).toUpperCase();
    case "g":
    case "n":
      return general(value, precision ?? 6, alternate);
    case "G":
      return general(value, precision ?? 6, alternate).toUpperCase();
    case "%":
      return `${fixed(value * 100, precision ?? 6, alternate)}%`;
    case undefined:
      if (precision !== undefined) return general(value, precision, alternate, true);
      return alternate ? floatText(value).replace(/^(-?\d+)(?=e)/, "$1.") : floatText(value);
    default:
      throw badType(type, value);
  }
}

/** The digits before the point in groups, with zeros before them up to a width. */
function grouping(digits: string, { grouping: separator, type }: Spec, width: number): string {
  const pattern = type === "x" || type === "X" ? /^[\da-fA-F]+/ : /^\d+/;
  const whole = pattern.exec(digits)?.[0];
  if (separator === undefined || whole === undefined) {
    return digits.padStart(width, "0");
  }
  const rest = digits.slice(whole.length);
  const size = type !== undefined && "boxX".includes(type) ? 4 : 3;
  const places = new RegExp(`\\B(?=(?:[\\da-fA-F]{${size}})+$)`, "g");
  let padded = whole;
  while (padded.replace(places, separator).length + rest.length < width) padded = `0${padded}`;
  return padded.replace(places, separator) + rest;
}

function aligned(text: string, { fill, align, width }: Spec, standard: "<" | ">"): string {
  const missing = Math.max(0, width - textLength(text));
  const where = align ?? standard;
  const left = where === ">" ? missing : where === "^" ? Math.floor(missing / 2) : 0;
  return fill.repeat(left) + text + fill.repeat(missing - left);
}

function badType(type: string, value: PyValue): PythonError {
  return new PythonError("ValueError", `Unknown format code '${type}' for object of type '${typeName(value)}'`);
}
