import { ConfigError } from "../../../sdk/errors.js";
import { str } from "../jinja/values/text.js";
import type { PyValue } from "../jinja/values/value.js";
import { isDict } from "../value/is-dict.js";
import { type Component, children, field, text } from "./fields.js";
import { requiredFields } from "./required-fields.js";

/**
 * Refuses a manifest that cannot be one, and streams that lack what they need, naming the path.
 * @throws ConfigError `manifest.invalid`
 */
export function validateManifest(manifest: Component, origin: string): void {
  if (text(manifest, "type") !== "DeclarativeSource") {
    throw invalid(origin, "type", `is '${text(manifest, "type")}', and a manifest's is DeclarativeSource`);
  }
  for (const name of ["streams", "dynamic_streams"]) {
    const value = field(manifest, name);
    if (value !== undefined && !Array.isArray(value)) throw invalid(origin, name, "is no list");
  }
  if (children(manifest, "streams").length === 0 && children(manifest, "dynamic_streams").length === 0) {
    throw invalid(origin, "streams", "is missing: there is nothing to read");
  }
}

/** What a component and all within it lack; the first is told. @throws ConfigError `manifest.invalid` */
export function validateComponent(component: Component, origin: string, path: string): void {
  const type = text(component, "type");
  for (const alternatives of type === undefined ? [] : (requiredFields[type] ?? [])) {
    if (!alternatives.some((name) => component.has(name))) {
      throw invalid(origin, `${path}.${alternatives[0]}`, `is missing: a ${type} needs it`);
    }
  }
  for (const [name, value] of component) {
    if (name === "$parameters" || name === "schema" || name === "connection_specification") continue;
    validateWithin(value, origin, `${path}.${str(name)}`);
  }
}

function validateWithin(value: PyValue, origin: string, path: string): void {
  if (isDict(value)) validateComponent(value, origin, path);
  else if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) validateWithin(item, origin, `${path}[${i}]`);
  }
}

function invalid(origin: string, path: string, what: string): ConfigError {
  return new ConfigError("manifest.invalid", `'${origin}': ${path} ${what}`);
}
