import { asCount, asInt } from "../members/method.js";
import { operate } from "../operators.js";
import type { Run } from "../run.js";
import { pyDict } from "../values/dict.js";
import { generator, isIterable, iterate, tuple } from "../values/iterate.js";
import { listOf } from "../values/list-of.js";
import { PythonError } from "../values/python-error.js";
import { str } from "../values/text.js";
import { isTruthy } from "../values/truth.js";
import { typeName } from "../values/type-name.js";
import { isUndefined, undefinedBecause } from "../values/undefined.js";
import type { PyDict, PyValue } from "../values/value.js";
import { attributeGetter, foldCase } from "./attribute.js";
import { type Filters, filter } from "./filter.js";

/** Filters of sequences. */
export const sequenceFilters: Filters = {
  list: filter("list", "", (run, value) => listOf(run, value)),
  first: filter("first", "", (_run, value) => {
    for (const item of iterate(value)) return item;
    return undefinedBecause("No first item, sequence was empty.");
  }),
  last: filter("last", "", (run, value) => {
    const last = reversible(run, value).at(-1);
    return last === undefined ? undefinedBecause("No last item, sequence was empty.") : last;
  }),
  reverse: filter("reverse", "", (run, value) => {
    if (typeof value === "string") return [...value].reverse().join("");
    if (!isIterable(value)) throw new PythonError("FilterArgumentError", "argument must be iterable");
    const isReversible = Array.isArray(value) || isKind(value, "tuple", "dict", "view");
    const items = listOf(run, value).reverse();
    return isReversible ? generator(items, Array.isArray(value) ? "list_reverseiterator" : "reversed") : items;
  }),
  join: filter("join", "d? attribute?", (run, value, [separator = "", attribute]) => {
    const get = attributeGetter(run, attribute ?? null);
    const text = listOf(run, value)
      .map((item) => str(get(item)))
      .join(str(separator));
    run.characters(text.length);
    return text;
  }),
  sum: filter("sum", "attribute? start?", (run, value, [attribute, start = 0n]) => {
    if (typeof start === "string") {
      throw new PythonError("TypeError", "sum() can't sum strings [use ''.join(seq) instead]");
    }
    const get = attributeGetter(run, attribute ?? null);
    let total: PyValue = start;
    for (const item of iterate(value)) {
      run.step();
      total = operate(run, "+", total, get(item));
    }
    return total;
  }),
  items: filter("items", "", (_run, value) => {
    if (isUndefined(value)) return generator([]);
    if (!isKind(value, "dict")) throw new PythonError("TypeError", "Can only get item pairs from a mapping.");
    return generator(pairs(value as PyDict));
  }),
  unique: filter("unique", "case_sensitive? attribute?", (run, value, [sensitive, attribute]) => {
    return generator(unique(run, value, sensitive !== undefined && isTruthy(sensitive), attribute));
  }),
  batch: filter("batch", "linecount fill_with?", (run, value, [size, fill]) => {
    return generator(batches(run, value, asCount(size, 1), fill ?? null));
  }),
  slice: filter("slice", "slices fill_with?", (run, value, [count, fill]) => {
    return generator(slices(run, value, asInt(count), fill ?? null));
  }),
  random: filter("random", "", (run, value) => {
    const items = listOf(run, value);
    if (items.length === 0) return undefinedBecause("No random item, sequence was empty.");
    return items[Math.floor(Math.random() * items.length)]!;
  }),
};

function isKind(value: PyValue, ...kinds: readonly string[]): boolean {
  return value !== null && typeof value === "object" && !Array.isArray(value) && kinds.includes(value.kind);
}

/** The items of what Python can walk backwards, none of an undefined value; a generator or a set is a TypeError. */
function reversible(run: Run, value: PyValue): PyValue[] {
  if (isKind(value, "iterator", "set") || value === null || typeof value !== "object") {
    if (typeof value !== "string") throw new PythonError("TypeError", `'${typeName(value)}' object is not reversible`);
  }
  return listOf(run, value);
}

function* pairs(dict: PyDict): Generator<PyValue, void> {
  for (const [key, value] of dict) yield tuple(key, value);
}

function* unique(
  run: Run,
  value: PyValue,
  sensitive: boolean,
  attribute: PyValue | undefined,
): Generator<PyValue, void> {
  const get = attributeGetter(run, attribute ?? null);
  const seen = pyDict();
  for (const item of iterate(value)) {
    run.step();
    const key = sensitive ? get(item) : foldCase(get(item));
    if (seen.has(key)) continue;
    seen.set(key, null);
    yield item;
  }
}

function* batches(run: Run, value: PyValue, size: number, fill: PyValue): Generator<PyValue, void> {
  let batch: PyValue[] = [];
  for (const item of iterate(value)) {
    run.step();
    if (batch.length === size) {
      yield batch;
      batch = [];
    }
    batch.push(item);
  }
  if (batch.length === 0) return;
  if (fill !== null && batch.length < size) {
    run.step(size - batch.length);
    while (batch.length < size) batch.push(fill);
  }
  yield batch;
}

function* slices(run: Run, value: PyValue, slicesWanted: bigint, fill: PyValue): Generator<PyValue, void> {
  const items = listOf(run, value);
  if (slicesWanted === 0n) throw new PythonError("ZeroDivisionError", "integer division or modulo by zero");
  const count = asCount(slicesWanted, 1);
  const size = Math.floor(items.length / count);
  const larger = items.length - size * count;
  let at = 0;
  for (let slice = 0; slice < count; slice++) {
    run.step();
    const end = at + size + (slice < larger ? 1 : 0);
    const part = items.slice(at, end);
    at = end;
    if (fill !== null && slice >= larger) part.push(fill);
    yield part;
  }
}
