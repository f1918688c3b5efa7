import type { Run } from "./run.js";
import { concatMarkup, markup } from "./text/markup.js";
import { percentFormat } from "./text/percent-format.js";
import { addDuration, addMicros, subtractTimes } from "./time/arithmetic.js";
import { divideTime, scaleTime, timedelta } from "./time/delta.js";
import { iterate } from "./values/iterate.js";
import { bounded, divide, floorDivideNumbers, modulo, numeric, power, toFloat, toIndex } from "./values/numbers.js";
import { PythonError } from "./values/python-error.js";
import { pySet } from "./values/set.js";
import { typeName } from "./values/type-name.js";
import { isUndefined, undefinedError } from "./values/undefined.js";
import type { PyValue } from "./values/value.js";

export type Binary = "+" | "-" | "*" | "/" | "//" | "%" | "**";

/** A binary operator of Python over two values. */
export function operate(run: Run, operator: Binary, left: PyValue, right: PyValue): PyValue {
  if (operator === "%" && (typeof left === "string" || kindOf(left) === "markup"))
    return percentFormat(run, left, right);
  if (isUndefined(left)) throw undefinedError(left);
  if (isUndefined(right)) throw undefinedError(right);
  const a = numeric(left);
  const b = numeric(right);
  if (a !== undefined && b !== undefined) return arithmetic(operator, a, b);
  const result = operator === "*" ? multiply(run, left, right) : operator === "+" ? add(run, left, right) : undefined;
  const found = result ?? ofTimesAndSets(operator, left, right);
  if (found !== undefined) return found;
  throw unsupported(operator, left, right);
}

/** `-value` and `+value`. */
export function negate(value: PyValue): PyValue {
  if (isUndefined(value)) throw undefinedError(value);
  const number = numeric(value);
  if (number !== undefined) return -number;
  if (value !== null && typeof value === "object" && !Array.isArray(value)) {
    if (value.kind === "timedelta") return timedelta(-value.microseconds);
    if (value.kind === "duration") {
      return { kind: "duration", years: -value.years, months: -value.months, rest: -value.rest };
    }
  }
  throw new PythonError("TypeError", `bad operand type for unary -: '${typeName(value)}'`);
}

export function positive(value: PyValue): PyValue {
  if (isUndefined(value)) throw undefinedError(value);
  const number = numeric(value);
  if (number !== undefined) return number;
  if (kindOf(value) === "timedelta") return value;
  throw new PythonError("TypeError", `bad operand type for unary +: '${typeName(value)}'`);
}

function arithmetic(operator: Binary, a: bigint | number, b: bigint | number): bigint | number {
  switch (operator) {
    case "/":
      return divide(a, b);
    case "//":
      return floorDivideNumbers(a, b);
    case "%":
      return modulo(a, b);
    case "**":
      return power(a, b);
    default:
  }
  if (typeof a === "number" || typeof b === "number") {
    const [x, y] = [toFloat(a), toFloat(b)];
    return operator === "+" ? x + y : operator === "-" ? x - y : x * y;
  }
  return bounded(operator === "+" ? a + b : operator === "-" ? a - b : a * b);
}

function add(run: Run, left: PyValue, right: PyValue): PyValue | undefined {
  if (typeof left === "string" && typeof right === "string") {
    run.characters(left.length + right.length);
    return left + right;
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    run.step(left.length + right.length);
    return [...left, ...right];
  }
  if (kindOf(left) === "tuple" && kindOf(right) === "tuple") {
    const items = [...iterate(left), ...iterate(right)];
    run.step(items.length);
    return { kind: "tuple", items };
  }
  if ((kindOf(left) === "markup" && isText(right)) || (isText(left) && kindOf(right) === "markup")) {
    return markup(concatMarkup(run, [left, right]));
  }
  if (typeof left === "string") {
    throw new PythonError("TypeError", `can only concatenate str (not "${typeName(right)}") to str`);
  }
  if (Array.isArray(left)) {
    throw new PythonError("TypeError", `can only concatenate list (not "${typeName(right)}") to list`);
  }
  return undefined;
}

function multiply(run: Run, left: PyValue, right: PyValue): PyValue | undefined {
  const [sequence, times] = isSequence(left) ? [left, right] : [right, left];
  const count = typeof times === "boolean" ? BigInt(times) : times;
  if (isSequence(sequence)) {
    if (typeof count !== "bigint") {
      throw new PythonError("TypeError", `can't multiply sequence by non-int of type '${typeName(times)}'`);
    }
    return repeated(run, sequence, Math.max(0, toIndex(count)));
  }
  const factor = numeric(left) ?? numeric(right);
  return factor === undefined ? undefined : scaleTime(numeric(left) === undefined ? left : right, factor);
}

function repeated(run: Run, sequence: PyValue, times: number): PyValue | undefined {
  if (typeof sequence === "string") {
    run.characters(sequence.length * times);
    return sequence.repeat(times);
  }
  if (kindOf(sequence) === "markup") return markup(String(repeated(run, [...iterate(sequence)].join(""), times)));
  const items = [...iterate(sequence)];
  run.step(items.length * times);
  const all = Array.from({ length: times }, () => items).flat() as PyValue[];
  return Array.isArray(sequence) ? all : { kind: "tuple", items: all };
}

function ofTimesAndSets(operator: Binary, left: PyValue, right: PyValue): PyValue | undefined {
  if (!isRecord(left)) return undefined;
  const isSum = operator === "+" || operator === "-";
  if (left.kind === "timedelta" && !isSum) {
    const divisor = numeric(right) ?? (isRecord(right) && right.kind === "timedelta" ? right : undefined);
    return divisor === undefined ? undefined : divideTime(operator, left, divisor);
  }
  if (!isRecord(right)) return undefined;
  if (left.kind === "set" && right.kind === "set" && operator === "-") {
    const rest = [...left].filter((member) => !right.has(member));
    return pySet(rest, left.frozen);
  }
  if (operator === "+") return addTimes(left, right) ?? addTimes(right, left);
  return operator === "-" ? subtractTimes(left, right) : undefined;
}

function addTimes(left: Rec, right: Rec): PyValue | undefined {
  if (right.kind === "timedelta") {
    if (left.kind === "duration") return addDuration(right, left, 1);
    return addMicros(left, right.microseconds);
  }
  return right.kind === "duration" ? addDuration(left, right, 1) : undefined;
}

type Rec = Exclude<PyValue, null | boolean | bigint | number | string | PyValue[]>;

function isRecord(value: PyValue): value is Rec {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function kindOf(value: PyValue): Rec["kind"] | undefined {
  return isRecord(value) ? value.kind : undefined;
}

function isText(value: PyValue): boolean {
  return typeof value === "string" || kindOf(value) === "markup";
}

function isSequence(value: PyValue): boolean {
  return isText(value) || Array.isArray(value) || kindOf(value) === "tuple";
}

function unsupported(operator: Binary, left: PyValue, right: PyValue): PythonError {
  const name = operator === "**" ? "** or pow()" : operator;
  const message = `unsupported operand type(s) for ${name}: '${dotted(left)}' and '${dotted(right)}'`;
  return new PythonError("TypeError", message);
}

function dotted(value: PyValue): string {
  const name = typeName(value);
  return ["date", "datetime", "time", "timedelta"].includes(name) ? `datetime.${name}` : name;
}
