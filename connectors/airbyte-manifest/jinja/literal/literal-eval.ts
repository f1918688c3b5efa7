import { pyDict } from "../values/dict.js";
import { PythonError } from "../values/python-error.js";
import { pySet } from "../values/set.js";
import type { PyValue } from "../values/value.js";
import { numberAt } from "./number-literal.js";
import { stringAt } from "./string-literal.js";

/** Python's own bound on brackets inside one another. */
const maxNesting = 200;
const canStart = /^[ \t]*[-+.\d'"([{TFNsrRbBuU\\#\n\r\f]/;
const blankLine = /[ \t\f]*(?:#[^\n]*)?(?:\n|$)/y;
const word = /[A-Za-z_]\w*/y;

/** False for most text that is no literal, told by its first character. */
export function looksLiteral(text: string): boolean {
  return canStart.test(text);
}

/**
 * `ast.literal_eval(text)`: numbers, strings, bytes, tuples, lists, dicts, sets, booleans and None, as Python source
 * writes them. Anything else is a PythonError.
 */
export function literalEval(text: string): PyValue {
  const source = text.replace(/^[ \t]+/, "").replace(/\r\n?/g, "\n");
  if (!canStart.test(source) || source.includes("\0")) throw malformed();
  let at = 0;
  let depth = 0;

  /** Skips white space and comments; line ends only inside brackets. */
  const skip = () => {
    while (at < source.length) {
      const character = source[at]!;
      if (character === " " || character === "\t" || character === "\f" || (character === "\n" && depth > 0)) at++;
      else if (character === "\\" && source[at + 1] === "\n" && at + 2 < source.length) at += 2;
      else if (character === "#") at = lineEnd();
      else return;
    }
  };
  const lineEnd = () => {
    const end = source.indexOf("\n", at);
    return end < 0 ? source.length : end;
  };
  /** Skips lines that hold nothing. A line that begins with space must hold nothing but a comment, and must end. */
  const skipLines = (isBefore: boolean) => {
    let isFirst = true;
    while (at < source.length) {
      blankLine.lastIndex = at;
      const blank = blankLine.exec(source)?.[0] ?? "";
      if (blank === "" || (!isFirst && /^[ \t]+$/.test(blank))) break;
      at += blank.length;
      isFirst = false;
    }
    const isIndented = /^(?:\\\n)?[ \t]/.test(source.slice(at, at + 3));
    if (isBefore ? (at > 0 || source.startsWith("\\")) && isIndented : at < source.length) throw malformed();
  };
  const is = (character: string) => {
    skip();
    return source[at] === character;
  };
  const take = (character: string) => {
    if (!is(character)) return false;
    at++;
    return true;
  };

  const items = (end: string, item: () => void): { count: number; commas: number } => {
    if (++depth > maxNesting) throw malformed();
    at++;
    let [count, commas] = [0, 0];
    while (!is(end)) {
      if (count > commas) throw malformed();
      item();
      count++;
      if (take(",")) commas++;
    }
    depth--;
    at++;
    return { count, commas };
  };

  const parenthesised = (): PyValue => {
    const values: PyValue[] = [];
    const { count, commas } = items(")", () => values.push(value()));
    return count === 1 && commas === 0 ? values[0]! : { kind: "tuple", items: values };
  };

  const braces = (): PyValue => {
    const entries: [PyValue, PyValue][] = [];
    const members: PyValue[] = [];
    items("}", () => {
      const first = value();
      if (take(":")) entries.push([first, value()]);
      else members.push(first);
    });
    if (entries.length > 0 && members.length > 0) throw malformed();
    return members.length > 0 ? pySet(members) : pyDict(entries);
  };

  const atom = (): PyValue => {
    skip();
    const character = source[at] ?? "";
    if (character === "(") return parenthesised();
    if (character === "{") return braces();
    if (character === "[") {
      const list: PyValue[] = [];
      items("]", () => list.push(value()));
      return list;
    }
    const string = strings();
    if (string !== undefined) return string;
    const number = numberAt(source, at);
    if (number !== undefined) {
      at = number.end;
      return number.value;
    }
    return named();
  };

  /** Strings that stand side by side are one. */
  const strings = (): PyValue | undefined => {
    let joined: PyValue | undefined;
    for (let next = stringAt(source, at); next !== undefined; next = stringAt(source, at)) {
      at = next.end;
      if (joined === undefined) joined = next.value;
      else if (typeof joined === "string" && typeof next.value === "string") joined += next.value;
      else if (typeof joined !== "string" && typeof next.value !== "string") joined = joinBytes(joined, next.value);
      else throw malformed();
      skip();
    }
    return joined;
  };

  const named = (): PyValue => {
    word.lastIndex = at;
    const name = word.exec(source)?.[0];
    if (name === undefined) throw malformed();
    at += name.length;
    if (name === "True" || name === "False") return name === "True";
    if (name === "None") return null;
    if (name !== "set" || !take("(") || !take(")")) throw malformed();
    return pySet();
  };

  /** An atom with a sign before a number, or a real and an imaginary number in sum. */
  const value = (): PyValue => {
    skip();
    const sign = source[at] === "-" || source[at] === "+" ? source[at++] : undefined;
    const first = atom();
    if (sign !== undefined && !isNumber(first)) throw malformed();
    const left = sign === "-" ? negative(first) : first;
    if (!is("+") && !is("-")) return left;
    const minus = source[at++] === "-";
    const right = atom();
    const isComplex = typeof right === "object" && right !== null && "kind" in right && right.kind === "complex";
    if ((typeof left !== "bigint" && typeof left !== "number") || !isComplex) throw malformed();
    return { kind: "complex", real: Number(left), imaginary: minus ? -right.imaginary : right.imaginary };
  };

  skipLines(true);
  const first = value();
  const tuple = [first];
  let isTuple = false;
  while (take(",")) {
    isTuple = true;
    skip();
    if (at >= source.length || source[at] === "\n") break;
    tuple.push(value());
  }
  skipLines(false);
  return isTuple ? { kind: "tuple", items: tuple } : first;
}

function isNumber(value: PyValue): boolean {
  const isComplex = typeof value === "object" && value !== null && "kind" in value && value.kind === "complex";
  return typeof value === "bigint" || typeof value === "number" || isComplex;
}

function negative(value: PyValue): PyValue {
  if (typeof value === "bigint" || typeof value === "number") return -value;
  const complex = value as Extract<PyValue, { kind: "complex" }>;
  return { kind: "complex", real: -complex.real, imaginary: -complex.imaginary };
}

function joinBytes(left: PyValue, right: PyValue): PyValue {
  const parts = [left, right].map((part) => (part as Extract<PyValue, { kind: "bytes" }>).data);
  return { kind: "bytes", data: Uint8Array.from(parts.flatMap((part) => [...part])) };
}

function malformed(): PythonError {
  return new PythonError("ValueError", "malformed node or string");
}
