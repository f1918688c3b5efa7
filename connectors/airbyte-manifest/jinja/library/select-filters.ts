import type { Filter, Run } from "../run.js";
import { generator, iterate } from "../values/iterate.js";
import { PythonError } from "../values/python-error.js";
import { str } from "../values/text.js";
import { isTruthy } from "../values/truth.js";
import type { Keywords, PyValue } from "../values/value.js";
import { attributeGetter } from "./attribute.js";
import type { Filters } from "./filter.js";

/** Filters that apply a filter, an attribute or a test to each item: generators, which do nothing until walked. */
export const selectFilters: Filters = {
  map: (run, value, args, keywords) => generator(mapped(run, value, args, keywords)),
  select: selecting(false, true),
  reject: selecting(false, false),
  selectattr: selecting(true, true),
  rejectattr: selecting(true, false),
};

function* mapped(run: Run, value: PyValue, args: readonly PyValue[], keywords: Keywords): Generator<PyValue, void> {
  if (!isTruthy(value)) return;
  const apply = mapping(run, args, keywords);
  for (const item of iterate(value)) {
    run.step();
    yield apply(item);
  }
}

function mapping(run: Run, args: readonly PyValue[], keywords: Keywords): (item: PyValue) => PyValue {
  if (args.length === 0 && keywords.has("attribute")) {
    const extra = [...keywords.keys()].find((name) => name !== "attribute" && name !== "default");
    if (extra !== undefined) throw new PythonError("FilterArgumentError", `Unexpected keyword argument '${extra}'`);
    return attributeGetter(run, keywords.get("attribute"), keywords.get("default"));
  }
  const [name, ...rest] = args;
  if (name === undefined) throw new PythonError("FilterArgumentError", "map requires a filter argument");
  return (item) => {
    const filter = typeof name === "string" ? run.library.filters.get(name) : undefined;
    if (filter === undefined) throw new PythonError("TemplateRuntimeError", `No filter named '${str(name)}'.`);
    return filter(run, item, rest, keywords);
  };
}

function selecting(byAttribute: boolean, keep: boolean): Filter {
  return (run, value, args, keywords) => generator(selected(run, value, args, keywords, byAttribute, keep));
}

function* selected(
  run: Run,
  value: PyValue,
  args: readonly PyValue[],
  keywords: Keywords,
  byAttribute: boolean,
  keep: boolean,
): Generator<PyValue, void> {
  if (!isTruthy(value)) return;
  if (byAttribute && args.length === 0) {
    throw new PythonError("FilterArgumentError", "Missing parameter for attribute name");
  }
  const get = attributeGetter(run, byAttribute ? args[0] : null);
  const [name, ...rest] = args.slice(byAttribute ? 1 : 0);
  for (const item of iterate(value)) {
    run.step();
    const subject = get(item);
    const holds = name === undefined ? isTruthy(subject) : test(run, name, subject, rest, keywords);
    if (holds === keep) yield item;
  }
}

function test(run: Run, name: PyValue, subject: PyValue, args: readonly PyValue[], keywords: Keywords): boolean {
  const found = typeof name === "string" ? run.library.tests.get(name) : undefined;
  if (found === undefined) throw new PythonError("TemplateRuntimeError", `No test named '${str(name)}'.`);
  return found(run, subject, args, keywords);
}
