import { asCount } from "../members/method.js";
import { unescapeHtml } from "../members/string-members.js";
import { dumpJson } from "../text/json-dump.js";
import { escapeHtml, isMarkup, markup } from "../text/markup.js";
import { PythonError } from "../values/python-error.js";
import { repr, str } from "../values/text.js";
import { isTruthy } from "../values/truth.js";
import { typeName } from "../values/type-name.js";
import { isUndefined, undefinedError } from "../values/undefined.js";
import { type Filters, filter } from "./filter.js";

const escaping = filter("escape", "", (_run, value) => markup(escapeHtml(value)));
const jsonEscapes: Readonly<Record<string, string>> = {
  "<": "\\u003c",
  ">": "\\u003e",
  "&": "\\u0026",
  "'": "\\u0027",
};

/** Filters about HTML: what they mark as safe stays so in later operations. */
export const markupFilters: Filters = {
  escape: escaping,
  e: escaping,
  forceescape: filter("forceescape", "", (_run, value) => markup(escapeHtml(isMarkup(value) ? value.text : value))),
  safe: filter("safe", "", (_run, value) => markup(str(value))),
  striptags: filter("striptags", "", (_run, value) => {
    const text = str(value)
      .replace(/<!--[\s\S]*?-->/g, "")
      .replace(/<[^>]*>/g, "");
    return unescapeHtml(text.trim().split(/\s+/).join(" "));
  }),
  tojson: filter("tojson", "indent?", (run, value, [indent]) => {
    const style =
      indent === undefined || indent === null
        ? {}
        : { indent: typeof indent === "string" ? indent : " ".repeat(Math.min(100, asCount(indent, 0))) };
    // With an indentation Python puts no space after the comma at a line's end either.
    const json = dumpJson(run, value, { sortKeys: true, ...style });
    run.characters(json.length);
    return markup(json.replace(/[<>&']/g, (character) => jsonEscapes[character] ?? character));
  }),
  xmlattr: filter("xmlattr", "autospace?", (_run, value, [autospace = true]) => {
    const isDict = typeof value === "object" && value !== null && "kind" in value && value.kind === "dict";
    if (isUndefined(value)) throw undefinedError(value);
    if (!isDict) throw new PythonError("AttributeError", `'${typeName(value)}' object has no attribute 'items'`);
    const parts: string[] = [];
    for (const [key, item] of value) {
      if (item === null || isUndefined(item)) continue;
      if (typeof key !== "string") {
        throw new PythonError("TypeError", `expected string or bytes-like object, got '${typeName(key)}'`);
      }
      if (/[\s/>=]/.test(key)) throw new PythonError("ValueError", `Invalid character in attribute name: ${repr(key)}`);
      parts.push(`${escapeHtml(key)}="${escapeHtml(item)}"`);
    }
    return (isTruthy(autospace) && parts.length > 0 ? " " : "") + parts.join(" ");
  }),
};
