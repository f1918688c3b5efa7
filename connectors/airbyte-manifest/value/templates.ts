import {
  interpolate,
  interpolateBoolean,
  interpolateMapping,
  interpolateNested,
  interpolateString,
} from "../jinja/interpolate.js";
import type { Context } from "../jinja/template.js";
import { str } from "../jinja/values/text.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";

/** What a template may be restricted to: the types its literal is taken as. Text stays text otherwise. */
export type ValidTypes = readonly ("str" | "list" | "dict" | "int" | "float" | "bool")[];

/** The templates of a manifest, bound to a config and a clock. `parameters` are those of the component they stand in. */
export interface Templates {
  /** The value of a text; the text itself where it comes to nothing. */
  value(text: string, parameters: PyDict, context?: Context, validTypes?: ValidTypes): PyValue;
  /** The same as text. */
  text(text: string, parameters: PyDict, context?: Context): string;
  /** The value of a text, empty where it comes to nothing. */
  valueOrEmpty(text: string, parameters: PyDict, context?: Context, validTypes?: ValidTypes): PyValue;
  truth(condition: string | boolean, parameters: PyDict, context?: Context): boolean;
  /** Keys and values one level deep. */
  mapping(entries: PyDict, parameters: PyDict, context?: Context, validTypes?: ValidTypes): PyDict;
  /** Every text of a tree; nulls in its objects are left out. */
  nested(tree: PyValue, parameters: PyDict, context?: Context): PyValue;
}

export function bindTemplates(config: PyDict, clock: () => number): Templates {
  const scope = (parameters: PyDict, context: Context | undefined): Context => ({ config, parameters, ...context });
  const value: Templates["value"] = (text, parameters, context, validTypes) =>
    validTypes === undefined
      ? interpolateString(text, scope(parameters, context), { clock })
      : interpolate(text, scope(parameters, context), { clock, default: text, validTypes });
  return {
    value,
    text: (text, parameters, context) => str(value(text, parameters, context)),
    valueOrEmpty: (text, parameters, context, validTypes) =>
      interpolate(text, scope(parameters, context), {
        clock,
        default: "",
        ...(validTypes === undefined ? {} : { validTypes }),
      }),
    truth: (condition, parameters, context) => interpolateBoolean(condition, scope(parameters, context), { clock }),
    mapping: (entries, parameters, context, validTypes) =>
      interpolateMapping(entries, scope(parameters, context), {
        clock,
        validKeyTypes: ["str"],
        ...(validTypes === undefined ? {} : { validValueTypes: validTypes }),
      }),
    nested: (tree, parameters, context) => interpolateNested(tree, scope(parameters, context), { clock }),
  };
}
