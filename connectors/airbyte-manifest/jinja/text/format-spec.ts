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

/** `format(value, spec)`: the part after the colon of a replacement field. */
export function formatValue(run: Run, value: PyValue, spec: string): string {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    if (value.kind === "date" || value.kind === "datetime") return spec === "" ? str(value) : strftime(value, spec);
  }
  if (spec === "") return str(value);
  const text =
    typeof value === "object" && value !== null && "kind" in value && value.kind === "markup" ? value.text : value;
  if (typeof text === "object" || typeof text === "undefined") {
    throw new PythonError("TypeError", `unsupported format string passed to ${typeName(value)}.__format__`);
  }
  const match = grammar.exec(spec);
  if (match === null) {
    throw new PythonError("ValueError", `Invalid format specifier '${spec}' for object of type '${typeName(value)}'`);
  }
  const [, fill, align, sign, , alternate, zero, width, grouping, precision, type] = match;
  const least = Number(width ?? 0);
  const most = precision === undefined ? undefined : Number(precision);
  run.characters(least + (most ?? 0));
  if (typeof text === "string") {
    if (type !== undefined && type !== "s") throw badType(type, value);
    if (sign !== undefined) throw new PythonError("ValueError", "Sign not allowed in string format specifier");
    const shown = most === undefined ? text : [...text].slice(0, most).join("");
    return aligned(shown, fill || (zero ?? " "), align ?? "<", least);
  }
  const options = { alternate: alternate !== undefined, precision: most, type };
  const number = typeof text === "boolean" ? (type === undefined ? text : BigInt(text)) : text;
  if (typeof number === "boolean") return aligned(str(number), fill || " ", align ?? "<", least);
  const plain =
    typeof number === "bigint" && !"eEfFgG%".includes(type ?? "d")
      ? intText(number, options)
      : floatSpec(toFloat(number), options);
  const negative = plain.startsWith("-");
  const prefix = negative ? "-" : sign === "+" || sign === " " ? sign : "";
  const digits = negative ? plain.slice(1) : plain;
  const grouped = grouping === undefined ? digits : group(digits, grouping, type);
  if ((zero !== undefined && align === undefined) || align === "=") {
    return prefix + grouped.padStart(least - prefix.length, fill || (zero ?? " "));
  }
  return aligned(prefix + grouped, fill || " ", align ?? ">", least);
}

interface NumberOptions {
  readonly alternate: boolean;
  readonly precision: number | undefined;
  readonly type: string | undefined;
}

function intText(value: bigint, { alternate, precision, type }: NumberOptions): string {
  if (precision !== undefined) throw new PythonError("ValueError", "Precision not allowed in integer format specifier");
  if (type === "c") return String.fromCodePoint(Number(value));
  const radix = { b: 2, o: 8, x: 16, X: 16 }[type ?? "d"] ?? 10;
  if (type === "s") throw badType(type, value);
  const digits = (value < 0n ? -value : value).toString(radix);
  const shown = `${alternate && radix !== 10 ? `0${type}` : ""}${type === "X" ? digits.toUpperCase() : digits}`;
  return value < 0n ? `-${shown}` : shown;
}

function floatSpec(value: number, { alternate, precision, type }: NumberOptions): string {
  switch (type) {
    case "f":
    case "F":
      return fixed(value, precision ?? 6);
    case "e":
      return exponential(value, precision ?? 6);
    case "E":
      return exponential(value, precision ?? 6).toUpperCase();
    case "g":
    case "n":
      return general(value, precision ?? 6, alternate);
    case "G":
      return general(value, precision ?? 6, alternate).toUpperCase();
    case "%":
      return `${fixed(value * 100, precision ?? 6)}%`;
    case undefined: {
      if (precision === undefined) return floatText(value);
      const text = general(value, precision);
      return /[.en]/.test(text) ? text : `${text}.0`;
    }
    default:
      throw badType(type, value);
  }
}

function group(digits: string, separator: string, type: string | undefined): string {
  const size = type !== undefined && "boxX".includes(type) ? 4 : 3;
  const [, whole = "", rest = ""] = /^([\da-fA-F]+)([\s\S]*)$/.exec(digits) ?? [];
  return whole.replace(new RegExp(`\\B(?=(?:[\\da-fA-F]{${size}})+$)`, "g"), separator) + rest;
}

function aligned(text: string, fill: string, align: string, width: number): string {
  const missing = Math.max(0, width - textLength(text));
  const left = align === ">" || align === "=" ? missing : align === "^" ? Math.floor(missing / 2) : 0;
  return fill.repeat(left) + text + fill.repeat(missing - left);
}

function badType(type: string, value: PyValue): PythonError {
  return new PythonError("ValueError", `Unknown format code '${type}' for object of type '${typeName(value)}'`);
}
