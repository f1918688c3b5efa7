import { ConfigError } from "../../../sdk/errors.js";
import { pyDict } from "../jinja/values/dict.js";
import type { PyDict } from "../jinja/values/value.js";

/** The JSON Schema of one of the protocol's types by its name. @throws ConfigError `manifest.schema` */
export function airbyteType(name: string): PyDict {
  const known = types[name];
  if (known === undefined) {
    throw new ConfigError("manifest.schema", `'${name}' is no type: ${Object.keys(types).join(", ")}`, {
      hint: "map the API's own types to these in the types_mapping of the manifest",
    });
  }
  const [type, ...more] = known;
  return pyDict([["type", ["null", type]], ...more]);
}

const types: Readonly<Record<string, readonly [string, ...(readonly [string, string])[]]>> = {
  string: ["string"],
  boolean: ["boolean"],
  date: ["string", ["format", "date"]],
  timestamp_without_timezone: ["string", ["format", "date-time"], ["airbyte_type", "timestamp_without_timezone"]],
  timestamp_with_timezone: ["string", ["format", "date-time"]],
  time_without_timezone: ["string", ["format", "time"], ["airbyte_type", "time_without_timezone"]],
  time_with_timezone: ["string", ["format", "time"], ["airbyte_type", "time_with_timezone"]],
  integer: ["integer"],
  number: ["number"],
  array: ["array"],
  object: ["object"],
};
