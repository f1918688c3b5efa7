import { equals } from "../jinja/values/compare.js";
import { pyDict } from "../jinja/values/dict.js";
import { isTruthy } from "../jinja/values/truth.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";
import { copyOf } from "../value/copy.js";
import { isDict } from "../value/is-dict.js";
import { defaultCustomTypes, defaultTypes } from "./default-types.js";

interface Inherited {
  readonly parameters: PyDict;
  /** Whether the parameters of outer components win over those of inner ones. */
  readonly outerWins: boolean;
}

/**
 * Gives every component its type, where the place it stands in tells it, and the `$parameters` of all components around
 * it: each parameter becomes a field of its name where the component has no value of its own there.
 * `place` is `ParentType.field`, empty for the whole manifest.
 */
export function propagateParameters(component: PyDict, place = "", inherited: Partial<Inherited> = {}): PyDict {
  return propagated(component, place, {
    parameters: inherited.parameters ?? pyDict(),
    outerWins: inherited.outerWins ?? false,
  });
}

function propagated(source: PyDict, place: string, { parameters: outer, outerWins }: Inherited): PyDict {
  const component = pyDict(source);
  if (!component.has("type")) {
    const type = component.has("class_name") ? defaultCustomTypes[place] : defaultTypes[place];
    if (type !== undefined) component.set("type", type);
  }
  const own = component.get("$parameters");
  component.delete("$parameters");
  const inner = isDict(own) ? own : pyDict();
  const parameters = outerWins ? pyDict([...inner, ...outer]) : pyDict([...outer, ...inner]);
  if (isSchemaObject(component)) return component;
  if (!component.has("type")) return withinPlainObject(component, place, { parameters, outerWins });

  for (const [name, value] of parameters) {
    const present = component.get(name);
    component.set(name, isTruthy(present ?? null) ? (present as PyValue) : copyOf(value));
  }
  for (const [field, value] of component) {
    if (!isDict(value) && !Array.isArray(value)) continue;
    // A parameter named like the field it would be put into would nest into itself for ever.
    const kept = parameters.get(field);
    parameters.delete(field);
    const step = { parameters, outerWins };
    const at = `${component.get("type")}.${field}`;
    component.set(
      field,
      isDict(value)
        ? propagated(value, at, step)
        : value.map((item) => (isDict(item) ? propagated(item, at, step) : item)),
    );
    if (kept !== undefined && isTruthy(kept)) parameters.set(field, kept);
  }
  if (parameters.size > 0) component.set("$parameters", pyDict(parameters));
  return component;
}

/** A plain object among components, such as request parameters: only what is a component in it inherits. */
function withinPlainObject(object: PyDict, place: string, inherited: Inherited): PyDict {
  for (const [field, value] of object) {
    if (isDict(value) && isTruthy(value.get("type") ?? null)) object.set(field, propagated(value, place, inherited));
  }
  return object;
}

/** A JSON Schema of an object looks like a component by its `type`. */
function isSchemaObject(component: PyDict): boolean {
  const type = component.get("type") ?? null;
  return equals(type, "object") || equals(type, ["null", "object"]);
}
