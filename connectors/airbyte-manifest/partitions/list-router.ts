import { ConfigError } from "../../../sdk/errors.js";
import { pyDict } from "../jinja/values/dict.js";
import { str } from "../jinja/values/text.js";
import { isTruthy } from "../jinja/values/truth.js";
import type { PyValue } from "../jinja/values/value.js";
import { type Component, child, field, parametersOf, requiredText } from "../load/fields.js";
import { oneOption } from "../requests/options-provider.js";
import { createRequestOption } from "../requests/request-option.js";
import type { Runtime } from "../runtime.js";
import { sliceValue } from "../slices/slice.js";
import { isDict } from "../value/is-dict.js";
import type { Router } from "./router.js";

/** A ListPartitionRouter: one partition a value. @throws ConfigError `manifest.partition_values` where they are no list */
export function createListRouter(component: Component, { templates }: Runtime): Router {
  const parameters = parametersOf(component);
  const option = child(component, "request_option");
  const injected = option === undefined ? undefined : createRequestOption(option, templates);
  const name = () => templates.value(requiredText(component, "cursor_field"), parameters);
  const given = field(component, "values");
  const evaluated = typeof given === "string" ? templates.value(given, parameters) : (given ?? []);
  const values = typeof given === "string" ? itemsOf(evaluated) : itemsOf(evaluated).map(asText);
  return {
    options(place, slice) {
      const value = slice === undefined ? undefined : sliceValue(slice, name());
      if (injected === undefined || value === undefined || !isTruthy(value)) return undefined;
      return oneOption(injected, place, value);
    },
    async *slices() {
      for (const value of values) {
        yield { partition: pyDict([[name(), value]]), cursor: pyDict(), extraFields: pyDict() };
      }
    },
    state: () => undefined,
  };
}

function itemsOf(value: PyValue): readonly PyValue[] {
  if (Array.isArray(value)) return value;
  if (typeof value === "string") return [...value];
  if (isDict(value)) return [...value.keys()];
  if (value !== null && typeof value === "object" && value.kind === "tuple") return value.items;
  throw new ConfigError(
    "manifest.partition_values",
    `the values of a ListPartitionRouter come to ${str(value)}, which is no list`,
  );
}

function asText(value: PyValue): PyValue {
  return value === null || typeof value === "object" ? value : str(value);
}
