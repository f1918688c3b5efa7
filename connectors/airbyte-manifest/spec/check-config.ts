import { ConfigError } from "../../../sdk/errors.js";
import { fromJson } from "../jinja/json.js";
import { pyDict } from "../jinja/values/dict.js";
import { str } from "../jinja/values/text.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";
import { type Component, child, children, field, list, object, typeOf } from "../load/fields.js";
import { refuseCustom } from "../load/refuse-custom.js";
import { valuesAt } from "../value/paths.js";
import { bindTemplates } from "../value/templates.js";
import { schemaProblem } from "./schema-problem.js";

/** Checks a config, as its migrations leave it, against the manifest's spec. @throws ConfigError `manifest.config` naming the setting */
export function checkSpec(manifest: Component, config: PyDict): void {
  refuse(schemaProblem(config, specSchema(manifest), "config"));
}

function specSchema(manifest: Component): PyDict | undefined {
  const spec = child(manifest, "spec");
  return spec === undefined ? undefined : child(spec, "connection_specification");
}

/** Checks a config, as it is read with, by the manifest's validations. @throws ConfigError `manifest.config` naming the setting */
export function checkValidations(manifest: Component, config: PyDict, clock: () => number): void {
  const templates = bindTemplates(config, clock);
  const spec = child(manifest, "spec");
  const rules = spec === undefined ? undefined : child(spec, "config_normalization_rules");
  for (const validation of rules === undefined ? [] : children(rules, "validations")) {
    const strategy = child(validation, "validation_strategy");
    if (strategy === undefined || typeOf(strategy) !== "ValidateAdheresToSchema") {
      refuseCustom(strategy ?? validation, "a validation of the config");
    }
    const schema = object(strategy, "base_schema") ?? specSchema(manifest);
    if (typeOf(validation) === "PredicateValidator") {
      const given = field(validation, "value") ?? null;
      const value = typeof given === "string" ? templates.value(given, pyDict()) : given;
      refuse(schemaProblem(parsed(value), schema, `what '${str(given)}' comes to`));
      continue;
    }
    const path = list(validation, "field_path") ?? [];
    for (const value of valuesAt(config, path)) {
      refuse(schemaProblem(parsed(value), schema, `config.${path.map(str).join(".")}`));
    }
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
