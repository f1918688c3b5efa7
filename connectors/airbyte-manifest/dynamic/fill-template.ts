import type { Context } from "../jinja/template.js";
import { str } from "../jinja/values/text.js";
import { isTruthy } from "../jinja/values/truth.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";
import { type Component, children, flag, list, parametersOf, requiredText, text, typeOf } from "../load/fields.js";
import { parseYamlValue } from "../load/parse-yaml-value.js";
import type { Runtime } from "../runtime.js";
import { validTypes } from "../select/transform/add-fields.js";
import { putAt, replaceAt } from "../value/paths.js";

/** Puts what a resolver's mappings say into a stream template, in place. */
export function fillTemplate(template: PyDict, resolver: Component, { templates }: Runtime, context: Context): PyDict {
  const isHttp = typeOf(resolver) === "HttpComponentsResolver";
  for (const mapping of children(resolver, "components_mapping")) {
    const parameters = parametersOf(mapping);
    const condition = text(mapping, "condition");
    if (condition !== undefined && !templates.truth(condition, parametersOf(resolver), context)) continue;
    const valueType = text(mapping, "value_type");
    const value = templates.value(requiredText(mapping, "value"), parameters, context, validTypes(valueType));
    const path = (list(mapping, "field_path") ?? []).map((segment) =>
      templates.value(str(segment), parameters, context),
    );
    const asYaml = !isHttp && !(valueType === "string" && typeOf(resolver) === "ConfigComponentsResolver");
    const final: PyValue = asYaml && typeof value === "string" ? parseYamlValue(value) : value;
    const replaced = replaceAt(template, path, final);
    if (replaced === 0 && !isHttp && isTruthy(final) && flag(mapping, "create_or_update")) putAt(template, path, final);
  }
  return template;
}
