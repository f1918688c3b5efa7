import { ConfigError } from "../../../sdk/errors.js";
import { pyDict } from "../jinja/values/dict.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";
import { type Component, parametersOf, text, texts, typeOf } from "../load/fields.js";
import { isDict } from "../value/is-dict.js";
import type { Templates } from "../value/templates.js";

/** Where in a request a value goes. */
export type OptionPlace = "request_parameter" | "header" | "body_data" | "body_json";

/** A RequestOption: the place and the name of one value in a request. */
export interface RequestOption {
  readonly place: OptionPlace;
  /** Sets the value in the options of its place. */
  inject(target: PyDict, value: PyValue): void;
}

const places = ["request_parameter", "header", "body_data", "body_json"] as const;

/** @throws ConfigError `manifest.request_option` */
export function createRequestOption(
  component: Component,
  templates: Templates,
  parameters = parametersOf(component),
): RequestOption {
  const place = places.find((known) => known === text(component, "inject_into"));
  const name = text(component, "field_name");
  const path = texts(component, "field_path");
  if (place === undefined) throw misuse(component, `its inject_into is none of ${places.join(", ")}`);
  if (name === undefined && path === undefined) throw misuse(component, "it has neither field_name nor field_path");
  if (name !== undefined && path !== undefined) throw misuse(component, "it has both field_name and field_path");
  if (path !== undefined && place !== "body_json") throw misuse(component, "field_path is for body_json only");
  return {
    place,
    inject(target, value) {
      const segments = (path ?? [name as string]).map((segment) => templates.text(segment, parameters));
      let holder = target;
      for (const segment of segments.slice(0, -1)) {
        const next = holder.get(segment);
        const inner = isDict(next) ? next : pyDict();
        holder.set(segment, inner);
        holder = inner;
      }
      holder.set(segments.at(-1) as string, value);
    },
  };
}

function misuse(component: Component, why: string): ConfigError {
  return new ConfigError("manifest.request_option", `a ${typeOf(component)} of the manifest cannot work: ${why}`);
}
