import { ConfigError } from "../../../sdk/errors.js";
import { pyDict } from "../jinja/values/dict.js";
import { str } from "../jinja/values/text.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";
import { type Component, field, parametersOf, text } from "../load/fields.js";
import { type Slice, sliceContext } from "../slices/slice.js";
import { isDict } from "../value/is-dict.js";
import type { Templates } from "../value/templates.js";
import type { Options } from "./merge-options.js";
import type { OptionsProvider } from "./options-provider.js";
import type { OptionPlace } from "./request-option.js";

/**
 * What a requester itself puts into its requests: `request_parameters`, `request_headers`, `request_body_*`.
 * `propertiesKey` is the parameter that takes the slice's query properties.
 * @throws ConfigError `manifest.request_body` where two bodies are given
 */
export function createRequestInputs(
  requester: Component,
  templates: Templates,
  propertiesKey?: string,
): OptionsProvider {
  const parameters = parametersOf(requester);
  const inputs = bodies(requester);
  if (isGiven(inputs.body_data) && isGiven(inputs.body_json)) {
    throw new ConfigError("manifest.request_body", "a requester of the manifest has both a form and a JSON body");
  }

  function evaluated(
    place: OptionPlace,
    input: PyValue,
    slice: Slice | undefined,
    token: PyValue | undefined,
  ): Options {
    const context = sliceContext(slice, token);
    const validTypes = place === "request_parameter" || place === "body_data" ? (["str", "list"] as const) : undefined;
    if (typeof input === "string") return wholeInput(place, templates.valueOrEmpty(input, parameters, context));
    if (!isDict(input)) return undefined;
    if (place === "body_json") return templates.nested(input, parameters, context) as PyDict;
    return withoutNulls(templates.mapping(input, parameters, context, validTypes));
  }

  return {
    options(place, slice, token) {
      const input = inputs[place];
      const options = isGiven(input) ? evaluated(place, input as PyValue, slice, token) : undefined;
      if (place !== "request_parameter" || propertiesKey === undefined) return options;
      const properties = slice?.extraFields.get("query_properties");
      const joined = Array.isArray(properties) ? properties.map(str).join(",") : "";
      return pyDict([...(isDict(options) ? options : []), [propertiesKey, joined]]);
    },
  };
}

type Inputs = Readonly<Record<OptionPlace, PyValue | undefined>>;

function bodies(requester: Component): Inputs {
  const inputs = {
    request_parameter: withTexts(field(requester, "request_parameters")),
    header: withTexts(field(requester, "request_headers")),
    body_data: withTexts(field(requester, "request_body_data")),
    body_json: field(requester, "request_body_json"),
  };
  const body = field(requester, "request_body");
  if (!isDict(body)) return inputs;
  const value = field(body, "value");
  switch (text(body, "type")) {
    case "RequestBodyUrlEncodedForm":
    case "RequestBodyPlainText":
      return { ...inputs, body_data: withTexts(value) };
    case "RequestBodyJsonObject":
    case "RequestBodyGraphQL":
      return { ...inputs, body_json: value };
    default:
      throw new ConfigError(
        "manifest.request_body",
        `the manifest has a request body of the unknown type '${text(body, "type")}'`,
      );
  }
}

/** Numbers and booleans among the values are taken as their text. */
function withTexts(input: PyValue | undefined): PyValue | undefined {
  if (!isDict(input)) return input;
  const entries = [...input].map(([name, value]): [PyValue, PyValue] => [
    name,
    value === null || typeof value === "object" ? value : str(value),
  ]);
  return pyDict(entries.filter(([, value]) => !isDict(value)));
}

function isGiven(input: PyValue | undefined): boolean {
  return input !== undefined && input !== null && input !== "" && !(isDict(input) && input.size === 0);
}

function withoutNulls(options: PyDict): PyDict {
  return pyDict([...options].filter(([, value]) => value !== null));
}

/** What one template for all of a place comes to: an object, whose nulls a JSON body keeps, or the text of a body. */
function wholeInput(place: OptionPlace, value: PyValue): Options {
  if (isDict(value)) return place === "body_json" ? value : withoutNulls(value);
  if (typeof value !== "string" || place === "request_parameter") return undefined;
  return place === "body_data" && value === "" ? undefined : value;
}
