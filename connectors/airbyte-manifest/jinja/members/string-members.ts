import type { Run } from "../run.js";
import { formatString, type Reach } from "../text/format-string.js";
import { markup } from "../text/markup.js";
import { callable } from "../values/call.js";
import { PythonError } from "../values/python-error.js";
import type { Keywords, PyMarkup, PyValue } from "../values/value.js";
import { methodOf } from "./method.js";
import { searchMethods } from "./string-search.js";
import { shapeMethods } from "./string-shape.js";
import { splitMethods } from "./string-split.js";
import { classMethods } from "./string-tests.js";

const methods = { ...searchMethods, ...shapeMethods, ...splitMethods, ...classMethods };

/** A method of a str. */
export function stringMember(run: Run, self: string, name: string, reach: Reach): PyValue | undefined {
  if (name === "format") return callable(name, (args, keywords) => formatString({ run, reach, args, keywords }, self));
  if (name === "format_map") {
    return callable(name, (args, keywords) => {
      const [mapping] = args;
      if (keywords.size > 0) throw new PythonError("TypeError", "format_map() takes no keyword arguments");
      return formatString({ run, reach, args: [], keywords: keywordsOf(mapping) }, self);
    });
  }
  return methodOf(run, methods, self, "str", name);
}

/** The same of a string marked as safe: strings among the results are safe again. */
export function markupMember(run: Run, self: PyMarkup, name: string, reach: Reach): PyValue | undefined {
  if (name === "unescape") return callable(name, () => unescapeHtml(self.text));
  const member = stringMember(run, self.text, name, reach);
  if (member === undefined || typeof member !== "object" || member === null || !("call" in member)) return member;
  const { call } = member;
  if (call === undefined) return member;
  return callable(name, (args, keywords) => safe(call(args, keywords)));
}

function safe(value: PyValue): PyValue {
  if (typeof value === "string") return markup(value);
  return Array.isArray(value) ? value.map(safe) : value;
}

function keywordsOf(mapping: PyValue | undefined): Keywords {
  const isDict = typeof mapping === "object" && mapping !== null && "kind" in mapping && mapping.kind === "dict";
  if (!isDict) throw new PythonError("TypeError", "format_map() takes exactly one argument, a mapping");
  return new Map(Array.from(mapping, ([key, value]) => [String(key), value]));
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", "#34": '"' };

export function unescapeHtml(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39|#34);/g, (whole, name: string) => entities[name] ?? whole);
}
