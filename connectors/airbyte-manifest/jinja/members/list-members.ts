import type { Run } from "../run.js";
import { equals, isSame } from "../values/compare.js";
import { listOf } from "../values/list-of.js";
import { PythonError } from "../values/python-error.js";
import { sortValues } from "../values/sort.js";
import { isTruthy } from "../values/truth.js";
import type { PyTuple, PyValue } from "../values/value.js";
import { asCount, type Given, type Methods, methodOf } from "./method.js";

const methods: Methods<PyValue[]> = {
  append: [
    "object/",
    (self, [value], run) => {
      run.step();
      self.push(value!);
      return null;
    },
  ],
  extend: ["iterable/", (self, [values], run) => nothing(() => self.push(...listOf(run, values!)))],
  insert: ["index/ object/", (self, [at, value]) => nothing(() => self.splice(asCount(at, 0), 0, value!))],
  pop: [
    "index?/",
    (self, [index]) => {
      const at = asCount(index, -1);
      const place = at < 0 ? at + self.length : at;
      if (self.length === 0) throw new PythonError("IndexError", "pop from empty list");
      if (place < 0 || place >= self.length) throw new PythonError("IndexError", "pop index out of range");
      return self.splice(place, 1)[0]!;
    },
  ],
  remove: [
    "value/",
    (self, [value]) => {
      const at = self.findIndex((item) => isSame(item, value!) || equals(item, value!));
      if (at < 0) throw new PythonError("ValueError", "list.remove(x): x not in list");
      return nothing(() => self.splice(at, 1));
    },
  ],
  clear: ["", (self) => nothing(() => self.splice(0))],
  reverse: ["", (self) => nothing(() => self.reverse())],
  sort: [
    "key? reverse?",
    (self, [key, reverse], run) => {
      if (key !== undefined && key !== null)
        throw new PythonError("TypeError", "sort by a key function is not supported");
      const sorted = sortValues(run, self, (value) => value, reverse !== undefined && isTruthy(reverse));
      return nothing(() => self.splice(0, self.length, ...sorted));
    },
  ],
  copy: ["", (self) => [...self]],
  index: ["value/ start?/ stop?/", (self, given) => indexIn("list", self, given)],
  count: ["value/", (self, [value]) => countIn(self, value!)],
};

const tupleMethods: Methods<PyTuple> = {
  index: ["value/ start?/ stop?/", (self, given) => indexIn("tuple", self.items, given)],
  count: ["value/", (self, [value]) => countIn(self.items, value!)],
};

export function listMember(run: Run, self: PyValue[], name: string): PyValue | undefined {
  return methodOf(run, methods, self, "list", name);
}

export function tupleMember(run: Run, self: PyTuple, name: string): PyValue | undefined {
  const at = self.names?.indexOf(name) ?? -1;
  return at < 0 ? methodOf(run, tupleMethods, self, "tuple", name) : self.items[at];
}

function nothing(action: () => unknown): null {
  action();
  return null;
}

function indexIn(type: string, items: readonly PyValue[], [value, from, to]: Given): bigint {
  const bound = (at: number) => Math.max(0, at < 0 ? at + items.length : at);
  const [start, stop] = [bound(asCount(from, 0)), bound(asCount(to, items.length))];
  const at = items.findIndex((item, place) => {
    return place >= start && place < stop && (isSame(item, value!) || equals(item, value!));
  });
  if (at < 0) throw new PythonError("ValueError", `${type}.index(x): x not in ${type}`);
  return BigInt(at);
}

function countIn(items: readonly PyValue[], value: PyValue): bigint {
  return BigInt(items.filter((item) => isSame(item, value) || equals(item, value)).length);
}
