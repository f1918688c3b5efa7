import { entriesOf } from "../members/dict-members.js";
import type { Run } from "../run.js";
import { callable } from "../values/call.js";
import { pyDict } from "../values/dict.js";
import { PythonError } from "../values/python-error.js";
import { repr } from "../values/text.js";
import type { Keywords, PyObject, PyValue } from "../values/value.js";
import { macroNames, macroOf } from "./macros.js";

/** Names that every template knows without its context. */
export const globalNames: ReadonlySet<string> = new Set([
  ...macroNames,
  "dict",
  "namespace",
  "cycler",
  "joiner",
  "lipsum",
  "self",
]);

/** What a name means when neither the template nor its context defines it. */
export function globalOf(run: Run, name: string): PyValue | undefined {
  switch (name) {
    case "dict":
      return callable(name, (args, keywords) => pyDict(entriesOf(run, args, keywords)), "<class 'dict'>");
    case "namespace":
      return callable(name, (args, keywords) => namespace(run, args, keywords), "<class 'jinja2.utils.Namespace'>");
    case "cycler":
      return callable(name, (args) => cycler(args), "<class 'jinja2.utils.Cycler'>");
    case "joiner":
      return callable(
        name,
        (args, keywords) => joiner(args[0] ?? keywords.get("sep") ?? ", "),
        "<class 'jinja2.utils.Joiner'>",
      );
    case "self":
      // The template itself, for its named blocks; they cannot be called by name here.
      return {
        kind: "object",
        type: "TemplateReference",
        attribute: () => undefined,
        repr: () => "<TemplateReference None>",
      };
    case "lipsum":
      return callable(name, () => {
        throw new PythonError("TemplateRuntimeError", "lipsum makes random text, which is not supported");
      });
    default:
      return macroOf(run, name);
  }
}

/** An object whose attributes `{% set ns.name = … %}` assigns, from within loops too. */
function namespace(run: Run, args: readonly PyValue[], keywords: Keywords): PyObject {
  const attributes = pyDict(entriesOf(run, args, keywords));
  return {
    kind: "object",
    type: "Namespace",
    attribute: (name) => attributes.get(name),
    assign: (name, value) => attributes.set(name, value),
    repr: () => `<Namespace ${repr(attributes)}>`,
  };
}

function cycler(items: readonly PyValue[]): PyObject {
  if (items.length === 0) throw new PythonError("TemplateRuntimeError", "at least one item has to be provided");
  let at = 0;
  const attributes: Readonly<Record<string, () => PyValue>> = {
    current: () => items[at]!,
    items: () => ({ kind: "tuple", items }),
    pos: () => BigInt(at),
    reset: () =>
      callable("reset", () => {
        at = 0;
        return null;
      }),
    next: () =>
      callable("next", () => {
        const item = items[at]!;
        at = (at + 1) % items.length;
        return item;
      }),
  };
  return {
    kind: "object",
    type: "Cycler",
    attribute: (name) => (Object.hasOwn(attributes, name) ? attributes[name]?.() : undefined),
    repr: () => "<jinja2.utils.Cycler object at 0x0>",
  };
}

function joiner(separator: PyValue): PyObject {
  let used = false;
  return {
    kind: "object",
    type: "Joiner",
    attribute: (name) => (name === "sep" ? separator : name === "used" ? used : undefined),
    repr: () => "<jinja2.utils.Joiner object at 0x0>",
    call: () => {
      if (used) return separator;
      used = true;
      return "";
    },
  };
}
