import { ConfigError } from "../../../sdk/errors.js";
import { pyDict } from "../jinja/values/dict.js";
import { str } from "../jinja/values/text.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";
import { isDict } from "../value/is-dict.js";

/** A component of the manifest: a dict with a `type`. Its fields are read through the functions here. */
export type Component = PyDict;

const noParameters = pyDict();

export function typeOf(component: Component): string {
  return text(component, "type") ?? "(no type)";
}

/** The parameters that the component has of its own and from the components around it. */
export function parametersOf(component: Component): PyDict {
  const parameters = component.get("$parameters");
  return isDict(parameters) ? parameters : noParameters;
}

/** A field; undefined where it is absent or null. */
export function field(component: Component, name: string): PyValue | undefined {
  return component.get(name) ?? undefined;
}

/** A field that is text; numbers and booleans are taken as their text, as the manifest's authors rely on. */
export function text(component: Component, name: string): string | undefined {
  const value = field(component, name);
  if (value === undefined) return undefined;
  if (typeof value === "object") throw misfit(component, name, "text");
  return str(value);
}

export function requiredText(component: Component, name: string): string {
  return text(component, name) ?? missing(component, name);
}

export function flag(component: Component, name: string, absent = false): boolean {
  const value = field(component, name);
  if (value === undefined) return absent;
  if (typeof value === "boolean") return value;
  const word = str(value).toLowerCase();
  if (["true", "1", "yes", "on", "y", "t"].includes(word)) return true;
  if (["false", "0", "no", "off", "n", "f"].includes(word)) return false;
  throw misfit(component, name, "true or false");
}

/** A whole number, or undefined where the field is absent. */
export function integer(component: Component, name: string): number | undefined {
  const value = text(component, name);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!Number.isSafeInteger(number) || value.trim() === "") throw misfit(component, name, "a whole number");
  return number;
}

export function number(component: Component, name: string): number | undefined {
  const value = text(component, name);
  if (value === undefined) return undefined;
  const result = Number(value);
  if (!Number.isFinite(result) || value.trim() === "") throw misfit(component, name, "a number");
  return result;
}

export function list(component: Component, name: string): readonly PyValue[] | undefined {
  const value = field(component, name);
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw misfit(component, name, "a list");
  return value;
}

/** A list of text. */
export function texts(component: Component, name: string): readonly string[] | undefined {
  return list(component, name)?.map((item) => {
    if (typeof item === "object") throw misfit(component, name, "a list of text");
    return str(item);
  });
}

/** An object in a field, such as request parameters. */
export function object(component: Component, name: string): PyDict | undefined {
  const value = field(component, name);
  if (value === undefined) return undefined;
  if (!isDict(value)) throw misfit(component, name, "an object");
  return value;
}

/** A component in a field. */
export const child: (component: Component, name: string) => Component | undefined = object;

export function requiredChild(component: Component, name: string): Component {
  return object(component, name) ?? missing(component, name);
}

/** A list of components in a field; one alone counts as a list of one. */
export function children(component: Component, name: string): readonly Component[] {
  const value = field(component, name);
  if (value === undefined) return [];
  const items = Array.isArray(value) ? value : [value];
  return items.map((item) => {
    if (!isDict(item)) throw misfit(component, name, "a list of components");
    return item;
  });
}

function missing(component: Component, name: string): never {
  throw new ConfigError("manifest.missing_field", `a ${typeOf(component)} of the manifest has no '${name}'`);
}

function misfit(component: Component, name: string, wanted: string): ConfigError {
  return new ConfigError("manifest.field", `'${name}' of a ${typeOf(component)} in the manifest is not ${wanted}`);
}
