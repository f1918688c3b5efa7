import type { Run } from "../run.js";
import { callable } from "../values/call.js";
import { equals } from "../values/compare.js";
import { PythonError } from "../values/python-error.js";
import { undefinedBecause } from "../values/undefined.js";
import type { PyObject, PyValue } from "../values/value.js";

export interface LoopItems {
  readonly values: Iterable<PyValue>;
  /** The number of items, where it is known beforehand. */
  readonly length: number | undefined;
}

export interface Loop {
  readonly object: PyObject;
  /** The item of the next turn; undefined at the end. */
  next(): PyValue | undefined;
}

/** The `loop` variable. It reads ahead only as far as `last`, `nextitem` or `length` ask. */
export function loopObject(
  run: Run,
  items: LoopItems,
  depth: number,
  recurse: ((values: PyValue) => PyValue) | undefined,
): Loop {
  const walk = items.values[Symbol.iterator]();
  const ahead: PyValue[] = [];
  let length = items.length;
  let index0 = -1;
  let current: PyValue | undefined;
  let before: PyValue | undefined;
  let changedFrom: readonly PyValue[] | undefined;

  const peek = (): PyValue | undefined => {
    if (ahead.length === 0) {
      const step = walk.next();
      if (step.done !== true) ahead.push(step.value);
    }
    return ahead[0];
  };
  const total = (): number => {
    if (length === undefined) {
      for (let step = walk.next(); step.done !== true; step = walk.next()) {
        run.step();
        ahead.push(step.value);
      }
      length = index0 + 1 + ahead.length;
    }
    return length;
  };
  const int = (value: number): PyValue => BigInt(value);
  const attributes: Readonly<Record<string, () => PyValue>> = {
    index0: () => int(index0),
    index: () => int(index0 + 1),
    revindex0: () => int(total() - index0 - 1),
    revindex: () => int(total() - index0),
    length: () => int(total()),
    first: () => index0 === 0,
    last: () => peek() === undefined,
    depth0: () => int(depth),
    depth: () => int(depth + 1),
    previtem: () => (before === undefined ? undefinedBecause("there is no previous item") : before),
    nextitem: () => peek() ?? (peek() === null ? null : undefinedBecause("there is no next item")),
    cycle: () =>
      callable("cycle", (args) => {
        if (args.length === 0) throw new PythonError("TypeError", "no items for cycling given");
        return args[index0 % args.length]!;
      }),
    changed: () =>
      callable("changed", (args) => {
        const same = changedFrom?.length === args.length && changedFrom.every((value, at) => equals(value, args[at]!));
        changedFrom = args;
        return !same;
      }),
  };
  const object: PyObject = {
    kind: "object",
    type: "LoopContext",
    attribute: (name) => (Object.hasOwn(attributes, name) ? attributes[name]?.() : undefined),
    repr: () => `<LoopContext ${index0 + 1}/${total()}>`,
    call: (args) => {
      if (recurse === undefined) {
        const message = "The loop must have the 'recursive' marker to be called recursively.";
        throw new PythonError("TypeError", message);
      }
      return recurse(args[0] ?? null);
    },
  };
  return {
    object,
    next() {
      const value = peek();
      ahead.shift();
      before = current;
      current = value;
      index0++;
      return value;
    },
  };
}
