import { ConfigError } from "../../../sdk/errors.js";
import { fromJson } from "../jinja/json.js";
import { str } from "../jinja/values/text.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";
import { type Component, child, children, list, object, typeOf } from "../load/fields.js";
import { refuseCustom } from "../load/refuse-custom.js";
import { valuesAt } from "../value/paths.js";
import { schemaProblem } from "./schema-problem.js";

/** Checks a config against the manifest's spec and its validations. @throws ConfigError `manifest.config` naming the setting */
export function checkConfig(manifest: Component, config: PyDict): void {
  const spec = child(manifest, "spec");
  const schema = spec === undefined ? undefined : child(spec, "connection_specification");
  if (schema !== undefined) refuse(schemaProblem(config, schema, "config"));
  const rules = spec === undefined ? undefined : child(spec, "config_normalization_rules");
  for (const validation of rules === undefined ? [] : children(rules, "validations")) {
    const strategy = child(validation, "validation_strategy");
    if (strategy === undefined || typeOf(strategy) !== "ValidateAdheresToSchema") {
      refuseCustom(strategy ?? validation, "a validation of the config");
    }
    const path = list(validation, "field_path") ?? [];
    const values = typeOf(validation) === "PredicateValidator" ? [] : valuesAt(config, path);
    for (const value of values)
      refuse(
        schemaProblem(parsed(value), object(strategy, "base_schema") ?? schema, `config.${path.map(str).join(".")}`),
      );
  }
}

function parsed(value: PyValue): PyValue {
  if (typeof value !== "string") return value;
  try {
    return fromJson(value);
  } catch {
    return value;
  }
}

function refuse(problem: string | undefined): void {
  if (problem === undefined) return;
  throw new ConfigError("manifest.config", `the config does not fit the manifest's spec: ${problem}`, {
    hint: "the spec of the manifest says what its `config` is made of",
  });
}
