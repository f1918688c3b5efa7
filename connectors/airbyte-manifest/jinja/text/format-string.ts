import type { Run } from "../run.js";
import { PythonError } from "../values/python-error.js";
import { asciiOnly, quoted } from "../values/quoted.js";
import { repr, str } from "../values/text.js";
import type { Keywords, PyValue } from "../values/value.js";
import { formatValue } from "./format-spec.js";

/** How the attributes and items of a field are found. */
export interface Reach {
  readonly attribute: (run: Run, of: PyValue, name: string) => PyValue;
  readonly item: (run: Run, of: PyValue, key: PyValue) => PyValue;
}

export interface FormatArguments {
  readonly run: Run;
  readonly reach: Reach;
  readonly args: readonly PyValue[];
  readonly keywords: Keywords;
}

interface Source extends FormatArguments {
  /** How many fields without a name have been taken; undefined once a number was given. */
  automatic: number | undefined;
}

/** `str.format(…)`: replacement fields, whose names reach no further than the template itself could. */
export function formatString(given: FormatArguments, format: string): string {
  const result = expand({ ...given, automatic: 0 }, format, 0);
  given.run.characters(result.length);
  return result;
}

function expand(source: Source, format: string, depth: number): string {
  if (depth > 2) throw new PythonError("ValueError", "Max string recursion exceeded");
  let result = "";
  for (let at = 0; at < format.length; at++) {
    const character = format[at]!;
    if ((character === "{" || character === "}") && format[at + 1] === character) {
      result += character;
      at++;
    } else if (character === "}") {
      throw new PythonError("ValueError", "Single '}' encountered in format string");
    } else if (character === "{") {
      const end = closing(format, at);
      result += field(source, format.slice(at + 1, end), depth);
      at = end;
    } else result += character;
  }
  return result;
}

function closing(format: string, from: number): number {
  let open = 0;
  for (let at = from; at < format.length; at++) {
    if (format[at] === "{") open++;
    else if (format[at] === "}" && --open === 0) return at;
  }
  throw new PythonError("ValueError", "Single '{' encountered in format string");
}

function field(source: Source, text: string, depth: number): string {
  const [, path = "", conversion, spec = ""] =
    /^((?:[^[!:]|\[[^\]]*\])*)(?:!([^:]*))?(?::([\s\S]*))?$/.exec(text) ?? [];
  const value = lookUp(source, path);
  const converted = convert(value, conversion);
  return formatValue(source.run, converted, expand(source, spec, depth + 1));
}

function convert(value: PyValue, conversion: string | undefined): PyValue {
  if (conversion === undefined) return value;
  if (conversion === "s") return str(value);
  if (conversion === "r") return repr(value);
  if (conversion === "a") return asciiOnly(repr(value));
  throw new PythonError("ValueError", `Unknown conversion specifier ${conversion}`);
}

function lookUp(source: Source, path: string): PyValue {
  const [first = ""] = /^[^.[]*/.exec(path) ?? [];
  let value = firstValue(source, first);
  for (const [, attribute, item] of path.slice(first.length).matchAll(/\.([^.[]+)|\[([^\]]*)\]/g)) {
    const key = item === undefined ? undefined : /^\d+$/.test(item) ? BigInt(item) : item;
    const { run, reach } = source;
    value = key === undefined ? reach.attribute(run, value, attribute!) : reach.item(run, value, key);
  }
  return value;
}

function firstValue(source: Source, name: string): PyValue {
  if (name !== "" && !/^\d+$/.test(name)) {
    const value = source.keywords.get(name);
    if (value === undefined) throw new PythonError("KeyError", quoted(name));
    return value;
  }
  if (name === "" ? source.automatic === undefined : (source.automatic ?? 0) > 0) {
    throw new PythonError(
      "ValueError",
      "cannot switch between manual field specification and automatic field numbering",
    );
  }
  const index = name === "" ? (source.automatic ?? 0) : Number(name);
  source.automatic = name === "" ? index + 1 : undefined;
  const value = source.args[index];
  if (value === undefined) {
    throw new PythonError("IndexError", `Replacement index ${index} out of range for positional args tuple`);
  }
  return value;
}
