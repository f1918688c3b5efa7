import type { Run } from "../run.js";
import { listOf } from "../values/list-of.js";
import { PythonError } from "../values/python-error.js";
import { pySet } from "../values/set.js";
import { repr } from "../values/text.js";
import type { PySet, PyValue } from "../values/value.js";
import { type Methods, methodOf } from "./method.js";

const methods: Methods<PySet> = {
  union: ["other?/", (self, [other], run) => pySet([...self, ...of(run, other)])],
  intersection: [
    "other?/",
    (self, [other], run) => {
      const set = pySet(of(run, other));
      return pySet([...self].filter((member) => set.has(member)));
    },
  ],
  difference: [
    "other?/",
    (self, [other], run) => {
      const set = pySet(of(run, other));
      return pySet([...self].filter((member) => !set.has(member)));
    },
  ],
  issubset: ["other/", (self, [other], run) => isInside(self, pySet(of(run, other)))],
  issuperset: ["other/", (self, [other], run) => isInside(pySet(of(run, other)), self)],
  isdisjoint: ["other/", (self, [other], run) => !of(run, other).some((member) => self.has(member))],
  copy: ["", (self) => pySet(self)],
  add: [
    "member/",
    (self, [member]) => {
      self.add(member!);
      return null;
    },
  ],
  discard: [
    "member/",
    (self, [member]) => {
      self.delete(member!);
      return null;
    },
  ],
  remove: [
    "member/",
    (self, [member]) => {
      if (!self.delete(member!)) throw new PythonError("KeyError", repr(member!));
      return null;
    },
  ],
};

export function setMember(run: Run, self: PySet, name: string): PyValue | undefined {
  return methodOf(run, methods, self, "set", name);
}

function of(run: Run, values: PyValue | undefined): PyValue[] {
  return values === undefined ? [] : listOf(run, values);
}

function isInside(inner: PySet, outer: PySet): boolean {
  return [...inner].every((member) => outer.has(member));
}
