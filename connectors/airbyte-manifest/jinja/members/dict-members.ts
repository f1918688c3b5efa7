import type { Run } from "../run.js";
import { callable } from "../values/call.js";
import { pyDict } from "../values/dict.js";
import { iterate, tuple } from "../values/iterate.js";
import { listOf } from "../values/list-of.js";
import { PythonError } from "../values/python-error.js";
import { repr } from "../values/text.js";
import { typeName } from "../values/type-name.js";
import { isUndefined, undefinedError } from "../values/undefined.js";
import type { Keywords, PyDict, PyValue } from "../values/value.js";
import { type Methods, methodOf } from "./method.js";

const readMethods: Methods<PyDict> = {
  get: [
    "key/ default?/",
    (self, [key, fallback = null]) => {
      const value = self.get(key!);
      return value === undefined ? fallback : value;
    },
  ],
  keys: ["", (self) => ({ kind: "view", type: "dict_keys", of: self })],
  values: ["", (self) => ({ kind: "view", type: "dict_values", of: self })],
  items: ["", (self) => ({ kind: "view", type: "dict_items", of: self })],
};

const writeMethods: Methods<PyDict> = {
  copy: ["", (self) => pyDict(self)],
  clear: [
    "",
    (self) => {
      self.clear();
      return null;
    },
  ],
  pop: [
    "key/ default?/",
    (self, [key, fallback]) => {
      const value = self.get(key!);
      if (value === undefined && fallback === undefined) throw new PythonError("KeyError", repr(key!));
      self.delete(key!);
      return value === undefined ? fallback! : value;
    },
  ],
  popitem: [
    "",
    (self) => {
      const last = [...self].at(-1);
      if (last === undefined) throw new PythonError("KeyError", "'popitem(): dictionary is empty'");
      self.delete(last[0]);
      return tuple(...last);
    },
  ],
  setdefault: [
    "key/ default?/",
    (self, [key, fallback = null]) => {
      if (!self.has(key!)) self.set(key!, fallback);
      return self.get(key!)!;
    },
  ],
  fromkeys: [
    "iterable/ value?/",
    (_self, [keys, value = null], run) => pyDict(listOf(run, keys!).map((key) => [key, value])),
  ],
};

/** A method of a dict; a record or a stream slice can only be read. */
export function dictMember(run: Run, self: PyDict, name: string): PyValue | undefined {
  const found = methodOf(run, readMethods, self, "dict", name);
  if (found !== undefined || self.traits !== undefined) return found;
  if (name !== "update") return methodOf(run, writeMethods, self, "dict", name);
  return callable(name, (args, keywords) => {
    for (const [key, value] of entriesOf(run, args, keywords)) self.set(key, value);
    return null;
  });
}

/** The entries that `dict(…)` and `update(…)` take: of a mapping or of pairs, then the keywords. */
export function* entriesOf(
  run: Run,
  args: readonly PyValue[],
  keywords: Keywords,
): Generator<[PyValue, PyValue], void> {
  if (args.length > 1) throw new PythonError("TypeError", `expected at most 1 argument, got ${args.length}`);
  const [source] = args;
  if (source !== undefined) {
    if (isUndefined(source)) throw undefinedError(source);
    const isDict = typeof source === "object" && source !== null && "kind" in source && source.kind === "dict";
    if (isDict) yield* [...source];
    else for (const [at, pair] of listOf(run, source).entries()) yield pairOf(pair, at);
  }
  yield* keywords;
}

function pairOf(pair: PyValue, at: number): [PyValue, PyValue] {
  let parts: PyValue[];
  try {
    parts = [...iterate(pair)];
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    const message = `cannot convert dictionary update sequence element #${at} to a sequence`;
    throw new PythonError("TypeError", `${message} (${typeName(pair)})`);
  }
  const [key, value] = parts;
  if (parts.length !== 2 || key === undefined || value === undefined) {
    const message = `dictionary update sequence element #${at} has length ${parts.length}; 2 is required`;
    throw new PythonError("ValueError", message);
  }
  return [key, value];
}
