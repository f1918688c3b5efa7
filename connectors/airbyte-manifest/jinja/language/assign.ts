import { iterate } from "../values/iterate.js";
import { PythonError } from "../values/python-error.js";
import { typeName } from "../values/type-name.js";
import type { PyValue } from "../values/value.js";
import type { Target } from "./nodes.js";
import type { Scope } from "./scope.js";

/** Assigns to a name, to the names of a tuple one by one, or to an attribute of a namespace. */
export function assign(scope: Scope, target: Target, value: PyValue): void {
  if (target.type === "name") {
    scope.set(target.name, value);
    return;
  }
  if (target.type === "member") {
    const owner = scope.get(target.of);
    const isObject = owner !== null && typeof owner === "object" && !Array.isArray(owner) && owner.kind === "object";
    if (!isObject || owner.assign === undefined) {
      throw new PythonError("TemplateRuntimeError", "cannot assign attribute on non-namespace object");
    }
    owner.assign(target.name, value);
    return;
  }
  const values = unpack(value, target.items.length);
  for (const [at, item] of target.items.entries()) assign(scope, item, values[at]!);
}

function unpack(value: PyValue, count: number): PyValue[] {
  let values: PyValue[];
  try {
    values = [...iterate(value)];
  } catch (error) {
    if (!(error instanceof PythonError) || error.type !== "TypeError") throw error;
    throw new PythonError("TypeError", `cannot unpack non-iterable ${typeName(value)} object`);
  }
  if (values.length > count) throw new PythonError("ValueError", `too many values to unpack (expected ${count})`);
  if (values.length < count) {
    throw new PythonError("ValueError", `not enough values to unpack (expected ${count}, got ${values.length})`);
  }
  return values;
}
