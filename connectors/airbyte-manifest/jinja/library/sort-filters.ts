import type { Run } from "../run.js";
import { equals, ordered } from "../values/compare.js";
import { tuple } from "../values/iterate.js";
import { listOf } from "../values/list-of.js";
import { PythonError } from "../values/python-error.js";
import { sortValues } from "../values/sort.js";
import { isTruthy } from "../values/truth.js";
import { typeName } from "../values/type-name.js";
import { isUndefined, undefinedBecause, undefinedError } from "../values/undefined.js";
import type { PyValue } from "../values/value.js";
import { attributeGetter, foldCase } from "./attribute.js";
import { type Filters, filter } from "./filter.js";

/** Filters that put items in order; they ignore the case of strings unless told not to. */
export const sortFilters: Filters = {
  sort: filter("sort", "reverse? case_sensitive? attribute?", (run, value, [reverse, sensitive, attribute]) => {
    const paths = typeof attribute === "string" ? attribute.split(",") : [attribute ?? null];
    const getters = paths.map((path) => attributeGetter(run, path));
    const fold = isOn(sensitive) ? (key: PyValue) => key : foldCase;
    const key = (item: PyValue): PyValue => getters.map((get) => fold(get(item)));
    return sortValues(run, listOf(run, value), key, isOn(reverse));
  }),
  dictsort: filter("dictsort", "case_sensitive? by? reverse?", (run, value, [sensitive, by = "key", reverse]) => {
    if (by !== "key" && by !== "value") {
      throw new PythonError("FilterArgumentError", 'You can only sort by either "key" or "value"');
    }
    const isDict = typeof value === "object" && value !== null && "kind" in value && value.kind === "dict";
    if (isUndefined(value)) throw undefinedError(value);
    if (!isDict) throw new PythonError("AttributeError", `'${typeName(value)}' object has no attribute 'items'`);
    const pairs = Array.from(value, ([key, item]) => tuple(key, item));
    const fold = isOn(sensitive) ? (key: PyValue) => key : foldCase;
    const place = by === "key" ? 0 : 1;
    return sortValues(run, pairs, (pair) => fold((pair as { items: readonly PyValue[] }).items[place]!), isOn(reverse));
  }),
  groupby: filter("groupby", "attribute default? case_sensitive?", (run, value, [attribute, other, sensitive]) => {
    const get = attributeGetter(run, attribute, other);
    const fold = isOn(sensitive) ? (key: PyValue) => key : foldCase;
    const groups: { key: PyValue; items: PyValue[] }[] = [];
    for (const item of sortValues(run, listOf(run, value), (each) => fold(get(each)), false)) {
      const last = groups.at(-1);
      if (last !== undefined && equals(fold(get(last.items[0]!)), fold(get(item)))) last.items.push(item);
      else groups.push({ key: get(item), items: [item] });
    }
    return groups.map(({ key, items }): PyValue => ({ ...tuple(key, items), names: ["grouper", "list"] }));
  }),
  min: filter("min", "case_sensitive? attribute?", (run, value, given) => extreme(run, value, given, "<")),
  max: filter("max", "case_sensitive? attribute?", (run, value, given) => extreme(run, value, given, ">")),
};

function isOn(value: PyValue | undefined): boolean {
  return value !== undefined && isTruthy(value);
}

function extreme(
  run: Run,
  value: PyValue,
  [sensitive, attribute]: readonly (PyValue | undefined)[],
  operator: "<" | ">",
): PyValue {
  const get = attributeGetter(run, attribute ?? null);
  const key = (item: PyValue) => (isOn(sensitive) ? get(item) : foldCase(get(item)));
  const items = listOf(run, value);
  let best = items[0];
  if (best === undefined) return undefinedBecause("No aggregated item, sequence was empty.");
  for (const item of items.slice(1)) if (ordered(operator, key(item), key(best))) best = item;
  return best;
}
