import { operate } from "../operators.js";
import type { Run, Test } from "../run.js";
import { isAllCase } from "../text/case.js";
import { bindArguments } from "../values/call.js";
import { equals, isSame, ordered } from "../values/compare.js";
import { contains } from "../values/contains.js";
import { hashKey } from "../values/hash.js";
import { isIterable } from "../values/iterate.js";
import { numeric } from "../values/numbers.js";
import { str } from "../values/text.js";
import { isUndefined } from "../values/undefined.js";
import type { PyValue } from "../values/value.js";

const kindOf = (value: PyValue): string | undefined =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? value.kind : undefined;
const isText = (value: PyValue) => typeof value === "string" || kindOf(value) === "markup";

const simple: Readonly<Record<string, (value: PyValue, run: Run) => boolean>> = {
  defined: (value) => !isUndefined(value),
  undefined: isUndefined,
  none: (value) => value === null,
  boolean: (value) => typeof value === "boolean",
  true: (value) => value === true,
  false: (value) => value === false,
  integer: (value) => typeof value === "bigint",
  float: (value) => typeof value === "number",
  number: (value) => numeric(value) !== undefined,
  string: isText,
  mapping: (value) => kindOf(value) === "dict",
  iterable: isIterable,
  sequence: (value) =>
    isText(value) || Array.isArray(value) || ["dict", "tuple", "bytes", "undefined"].includes(kindOf(value) ?? ""),
  callable: (value) => kindOf(value) === "callable" || isUndefined(value),
  escaped: (value) => kindOf(value) === "markup",
  lower: (value) => isAllCase(str(value), false),
  upper: (value) => isAllCase(str(value), true),
  odd: (value, run) => equals(operate(run, "%", value, 2n), 1n),
  even: (value, run) => isDivisible(run, value, 2n),
  filter: (value, run) => run.library.filters.has(nameOf(value)),
  test: (value, run) => run.library.tests.has(nameOf(value)),
};

const comparing: Readonly<Record<string, (value: PyValue, other: PyValue, run: Run) => boolean>> = {
  divisibleby: (value, other, run) => isDivisible(run, value, other),
  sameas: (value, other) => isSame(value, other) || (value === null && other === null),
  in: (value, other, run) => contains(run, other, value),
  ...named(["==", "eq", "equalto"], equals),
  ...named(["!=", "ne"], (value, other) => !equals(value, other)),
  ...named([">", "gt", "greaterthan"], (value, other) => ordered(">", value, other)),
  ...named([">=", "ge"], (value, other) => ordered(">=", value, other)),
  ...named(["<", "lt", "lessthan"], (value, other) => ordered("<", value, other)),
  ...named(["<=", "le"], (value, other) => ordered("<=", value, other)),
};

/** The tests of `is`, by name. */
export const tests: ReadonlyMap<string, Test> = new Map([
  ...Object.entries(simple).map(([name, holds]): [string, Test] => [
    name,
    (run, value, args, keywords) => {
      bindArguments(`test_${name}`, "", args, keywords);
      return holds(value, run);
    },
  ]),
  ...Object.entries(comparing).map(([name, holds]): [string, Test] => [
    name,
    (run, value, args, keywords) => {
      const [other] = bindArguments(`test_${name}`, name === "divisibleby" ? "num" : "other", args, keywords);
      return holds(value, other!, run);
    },
  ]),
]);

function nameOf(value: PyValue): string {
  const key = hashKey(value);
  return typeof key === "string" ? key : "";
}

function named<T>(names: readonly string[], test: T): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, test]));
}

function isDivisible(run: Run, value: PyValue, divisor: PyValue): boolean {
  return equals(operate(run, "%", value, divisor), 0n);
}
