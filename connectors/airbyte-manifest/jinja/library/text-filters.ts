import { asCount, asText } from "../members/method.js";
import { replaceText } from "../members/string-search.js";
import { pad, strip } from "../members/string-shape.js";
import { capitalize } from "../text/case.js";
import { isMarkup } from "../text/markup.js";
import { fixed } from "../text/number-format.js";
import { percentFormat } from "../text/percent-format.js";
import { splitLines } from "../text/space.js";
import { urlQuote, urlQuotePlus } from "../text/url-quote.js";
import { wrapLine } from "../text/wrap.js";
import { pyDict } from "../values/dict.js";
import { isIterable, iterate, lengthOf, textLength } from "../values/iterate.js";
import { listOf } from "../values/list-of.js";
import { numeric } from "../values/numbers.js";
import { parseFloatText } from "../values/parse-number.js";
import { PythonError } from "../values/python-error.js";
import { repr, str } from "../values/text.js";
import { isTruthy } from "../values/truth.js";
import { typeName } from "../values/type-name.js";
import { isUndefined, undefinedError } from "../values/undefined.js";
import type { PyValue } from "../values/value.js";
import { type Filters, filter } from "./filter.js";

/** Filters of strings; other values are printed first. */
export const textFilters: Filters = {
  lower: filter("lower", "", (_run, value) => str(value).toLowerCase()),
  upper: filter("upper", "", (_run, value) => str(value).toUpperCase()),
  capitalize: filter("capitalize", "", (_run, value) => capitalize(str(value))),
  title: filter("title", "", (_run, value) => {
    const words = str(value).split(/([-\s({[<]+)/);
    return words
      .map((word) => [...word].map((c, at) => (at === 0 ? c.toUpperCase() : c.toLowerCase())).join(""))
      .join("");
  }),
  trim: filter("trim", "chars?", (_run, value, [chars]) => strip(str(value), chars, true, true)),
  center: filter("center", "width?", (run, value, [width]) =>
    pad(run, str(value), asCount(width, 80), undefined, "both"),
  ),
  replace: filter("replace", "old new count?", (run, value, [old, by, count]) => {
    const result = replaceText(str(value), str(old!), str(by!), asCount(count, -1));
    run.characters(result.length);
    return result;
  }),
  format: (run, value, args, keywords) => {
    if (args.length > 0 && keywords.size > 0) {
      throw new PythonError("FilterArgumentError", "can't handle positional and keyword arguments at the same time");
    }
    return percentFormat(run, str(value), keywords.size > 0 ? pyDict(keywords) : { kind: "tuple", items: args });
  },
  indent: filter("indent", "width? first? blank?", (run, value, [width = 4n, first = false, blank = false]) => {
    const indention = typeof width === "string" ? width : " ".repeat(Math.max(0, checked(run, asCount(width, 4))));
    if (isUndefined(value)) throw undefinedError(value);
    if (typeof value !== "string" && !Array.isArray(value)) {
      throw new PythonError("TypeError", `unsupported operand type(s) for +=: '${typeName(value)}' and 'str'`);
    }
    const all = lines(typeof value === "string" ? `${value}\n` : value);
    run.characters(indention.length * all.length);
    const rest = all.map((line, at) => (at > 0 && (line !== "" || isTruthy(blank)) ? indention + line : line));
    return (isTruthy(first) ? indention : "") + rest.join("\n");
  }),
  truncate: filter("truncate", "length? killwords? end? leeway?", (_run, value, given) => truncate(value, given)),
  wordcount: filter("wordcount", "", (_run, value) => BigInt(str(value).match(/[\p{L}\p{N}\p{M}_]+/gu)?.length ?? 0)),
  wordwrap: filter("wordwrap", "width? break_long_words? wrapstring? break_on_hyphens?", (_run, value, given) => {
    const [width, breakLong = true, wrapstring = null, onHyphens = true] = given;
    const separator = wrapstring === null ? "\n" : asText(wrapstring);
    const options = { width: asCount(width, 79), breakLong: isTruthy(breakLong), onHyphens: isTruthy(onHyphens) };
    return lines(value)
      .map((line) => wrapLine(line, options).join(separator))
      .join(separator);
  }),
  filesizeformat: filter("filesizeformat", "binary?", (_run, value, [binary]) =>
    fileSize(value, binary !== undefined && isTruthy(binary)),
  ),
  pprint: filter("pprint", "", (_run, value) => repr(value)),
  urlencode: filter("urlencode", "", (run, value) => {
    if (typeof value === "string" || !isIterable(value)) return urlQuote(str(value), "/");
    const isDict = typeof value === "object" && value !== null && "kind" in value && value.kind === "dict";
    const pairs = isDict ? Array.from(value, ([key, item]) => [key, item]) : listOf(run, value).map(pairOf);
    return pairs.map((pair) => pair.map((part) => urlQuotePlus(str(part))).join("=")).join("&");
  }),
};

function lines(value: PyValue): string[] {
  if (isUndefined(value)) throw undefinedError(value);
  if (typeof value === "string" || isMarkup(value)) return splitLines(str(value), false);
  throw new PythonError("AttributeError", `'${typeName(value)}' object has no attribute 'splitlines'`);
}

function checked(run: { characters(count: number): void }, count: number): number {
  run.characters(count);
  return count;
}

function pairOf(value: PyValue): PyValue[] {
  const items = [...iterate(value)];
  if (items.length > 2) throw new PythonError("ValueError", "too many values to unpack (expected 2)");
  if (items.length < 2) {
    throw new PythonError("ValueError", `not enough values to unpack (expected 2, got ${items.length})`);
  }
  return items;
}

function truncate(
  value: PyValue,
  [size, kill = false, ending = "...", leeway]: readonly (PyValue | undefined)[],
): PyValue {
  const end = asText(ending);
  const length = asCount(size, 255);
  const limit = length - textLength(end);
  if (limit < 0) throw new PythonError("AssertionError", `expected length >= ${textLength(end)}, got ${length}`);
  const actual = lengthOf(value);
  if (actual === undefined) throw new PythonError("TypeError", `object of type '${typeName(value)}' has no len()`);
  if (actual <= length + asCount(leeway, 5)) return value;
  const characters = [...asText(value)];
  const cut = characters.slice(0, limit).join("");
  const space = cut.lastIndexOf(" ");
  return (isTruthy(kill) || space < 0 ? cut : cut.slice(0, space)) + end;
}

function fileSize(value: PyValue, binary: boolean): string {
  if (numeric(value) === undefined && typeof value !== "string" && !isMarkup(value)) {
    const message = `float() argument must be a string or a real number, not '${typeName(value)}'`;
    throw isUndefined(value) ? undefinedError(value) : new PythonError("TypeError", message);
  }
  const bytes = Number(numeric(value) ?? (typeof value === "string" ? parseFloatText(value) : undefined) ?? Number.NaN);
  if (Number.isNaN(bytes)) throw new PythonError("ValueError", `could not convert string to float: ${repr(value)}`);
  const base = binary ? 1024 : 1000;
  if (bytes === 1) return "1 Byte";
  if (bytes < base) return `${Math.trunc(bytes)} Bytes`;
  const units = ["k", "M", "G", "T", "P", "E", "Z", "Y"];
  const power = Math.max(
    0,
    units.findIndex((_unit, at) => bytes < base ** (at + 2)),
  );
  const at = bytes >= base ** 9 ? units.length - 1 : power;
  const unit = binary ? `${units[at]!.toUpperCase()}iB` : `${units[at]}B`;
  return `${fixed((base * bytes) / base ** (at + 2), 1)} ${unit}`;
}
