import { getItem } from "../members/members.js";
import type { Run } from "../run.js";
import { isUndefined } from "../values/undefined.js";
import type { PyValue } from "../values/value.js";

/** A function that follows a path as `user.address.0`: each part an item, else an attribute. None is the value itself. */
export function attributeGetter(run: Run, path: PyValue | undefined, fallback?: PyValue): (value: PyValue) => PyValue {
  const parts = partsOf(path);
  return (value) => {
    let current = value;
    for (const part of parts) {
      run.step();
      current = getItem(run, current, part);
      if (fallback !== undefined && fallback !== null && isUndefined(current)) current = fallback;
    }
    return current;
  };
}

function partsOf(path: PyValue | undefined): PyValue[] {
  if (path === undefined || path === null) return [];
  if (typeof path !== "string") return [path];
  return path.split(".").map((part) => (/^\d+$/.test(part) ? BigInt(part) : part));
}

/** The value in lower case where it is a string: how sorting and grouping ignore case. */
export function foldCase(value: PyValue): PyValue {
  return typeof value === "string" ? value.toLowerCase() : value;
}
