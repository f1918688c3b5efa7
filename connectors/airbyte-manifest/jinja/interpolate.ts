import { ConfigError } from "../../../sdk/errors.js";
import { literalEval, looksLiteral } from "./literal/literal-eval.js";
import { type Context, compileTemplate, guarded, type RenderOptions, renderPython, type Template } from "./template.js";
import { pyDict } from "./values/dict.js";
import { PythonError } from "./values/python-error.js";
import { str } from "./values/text.js";
import { isTruthy } from "./values/truth.js";
import { typeName } from "./values/type-name.js";
import type { PyDict, PyValue } from "./values/value.js";

/** Python types that a value may take from its text; a text of another type stays a str. */
export type ValidTypes = readonly (
  | "str"
  | "int"
  | "float"
  | "bool"
  | "list"
  | "dict"
  | "tuple"
  | "set"
  | "bytes"
  | "NoneType"
)[];

export interface InterpolateOptions extends RenderOptions {
  /** What is evaluated instead where the result is empty or undefined; without it the value is then None. */
  readonly default?: string;
  /** Default: all. */
  readonly validTypes?: ValidTypes;
}

const aliases = [
  ["stream_interval", "stream_slice"],
  ["stream_partition", "stream_slice"],
] as const;
const maxCached = 10_000;
const templates = new Map<string, Template>();

/**
 * The value of a manifest's string: the template is rendered to text, and text that is a Python literal becomes that
 * value (`"1_000"` is 1000, `"[1]"` a list). `stream_interval` and `stream_partition` are `stream_slice`.
 * As in the reference a TypeError while rendering leaves the template's own text as the value.
 */
export function interpolate(text: string, context: Context, options: InterpolateOptions): PyValue {
  if (text.includes("stream_state")) {
    throw new ConfigError("template.unsupported_variable", "`stream_state` cannot be used in a template", {
      hint: "Use `stream_interval` instead.",
    });
  }
  return guarded(text, () => {
    const variables = withAliases(context);
    try {
      const result = evaluated(text, variables, options);
      if (result !== "") return literalOf(result, options.validTypes);
    } catch (error) {
      if (!(error instanceof PythonError) || error.type !== "UndefinedError") throw error;
    }
    return options.default === undefined
      ? null
      : literalOf(evaluated(options.default, variables, options), options.validTypes);
  });
}

/** The same, where an empty or undefined result falls back to the default or, without one, to the string itself. */
export function interpolateString(text: string, context: Context, options: InterpolateOptions): PyValue {
  return interpolate(text, context, { ...options, default: options.default || text });
}

const falseTexts = new Set(["False", "false", "{}", "[]", "()", "", "0", "0.0"]);

/** A condition: false for what is empty, zero, False or one of these as text; every other value is true, None too. */
export function interpolateBoolean(condition: string | boolean, context: Context, options: RenderOptions): boolean {
  if (typeof condition === "boolean") return condition;
  const value = interpolate(condition, context, { ...options, default: "False" });
  if (typeof value === "string") return !falseTexts.has(value);
  if (value === null) return true;
  // Of what is false in Python only these equal a listed value: 0, 0.0, False, {}, [], () and set().
  const isListed = typeof value !== "object" || Array.isArray(value) || ["dict", "tuple", "set"].includes(value.kind);
  return isTruthy(value) || !isListed;
}

export interface MappingOptions extends RenderOptions {
  readonly validKeyTypes?: ValidTypes;
  readonly validValueTypes?: ValidTypes;
}

/** A mapping whose keys are templates, and so are its values where they are strings. Keys stay strings by default. */
export function interpolateMapping(mapping: PyDict, context: Context, options: MappingOptions): PyDict {
  const { validKeyTypes = ["str"], validValueTypes } = options;
  const valueOptions = validValueTypes === undefined ? options : { ...options, validTypes: validValueTypes };
  const entries = Array.from(mapping, ([key, value]): [PyValue, PyValue] => [
    typeof key === "string" ? interpolate(key, context, { ...options, validTypes: validKeyTypes }) : key,
    typeof value === "string" ? interpolate(value, context, valueOptions) : value,
  ]);
  return dictOf(entries);
}

/** A nested structure whose strings are templates, keys too; entries that become None are left out of dicts. */
export function interpolateNested(value: PyValue, context: Context, options: RenderOptions): PyValue {
  if (typeof value === "string") return interpolate(value, context, options);
  if (Array.isArray(value)) return value.map((item) => interpolateNested(item, context, options));
  if (value === null || typeof value !== "object" || value.kind !== "dict") return value;
  const entries = Array.from(value, ([key, item]): [PyValue, PyValue] => [
    interpolateNested(key, context, options),
    interpolateNested(item, context, options),
  ]);
  const dict = dictOf(entries);
  for (const [key, item] of [...dict]) if (item === null) dict.delete(key);
  return dict;
}

/** A dict of evaluated keys; one that cannot be a key, as a list, is a failed template. */
function dictOf(entries: readonly [PyValue, PyValue][]): PyDict {
  return guarded(entries.map(([key]) => str(key)).join(", "), () => pyDict(entries));
}

function withAliases(context: Context): Context {
  const added: Record<string, PyValue> = {};
  for (const [alias, name] of aliases) {
    if (Object.hasOwn(context, alias)) {
      throw new ConfigError("template.reserved_variable", `the variable ${alias} is an alias of ${name}`);
    }
    const value = Object.hasOwn(context, name) ? context[name] : undefined;
    if (value !== undefined) added[alias] = value;
  }
  return { ...context, ...added };
}

/** The rendered text; a static text, and one whose rendering is a TypeError, as it is. */
function evaluated(text: string, context: Context, options: RenderOptions): string {
  try {
    return renderPython(templateOf(text), context, options);
  } catch (error) {
    if (error instanceof PythonError && error.type === "TypeError") return text;
    throw error;
  }
}

function templateOf(text: string): Template {
  let template = templates.get(text);
  if (template === undefined) {
    template = compileTemplate(text);
    if (templates.size >= maxCached) templates.clear();
    templates.set(text, template);
  }
  return template;
}

/** The Python value that a text is the literal of, if it is one of a valid type; else the text. */
export function literalOf(text: string, validTypes?: ValidTypes): PyValue {
  if (!looksLiteral(text)) return text;
  let value: PyValue;
  try {
    value = literalEval(text);
  } catch (error) {
    if (error instanceof PythonError) return text;
    throw error;
  }
  const name = typeName(value);
  if (validTypes === undefined || validTypes.length === 0) return name === "complex" ? text : value;
  const isValid = validTypes.some((type) => type === name || (type === "int" && name === "bool"));
  return isValid ? value : text;
}
