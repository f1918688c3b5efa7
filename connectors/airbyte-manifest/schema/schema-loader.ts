import { ConfigError } from "../../../sdk/errors.js";
import { pyDict } from "../jinja/values/dict.js";
import type { PyDict } from "../jinja/values/value.js";
import { type Component, children, field, object, typeOf } from "../load/fields.js";
import { refuseCustom } from "../load/refuse-custom.js";
import { isDict } from "../value/is-dict.js";

/** Makes the schema of a DynamicSchemaLoader. */
export type LoadDynamic = (loader: Component) => Promise<PyDict>;

/**
 * The JSON Schema of a stream: one written in the manifest, one made of an answer of the API, or several put together
 * (the first that has a property wins). Empty where the manifest has none.
 */
export async function loadSchema(stream: Component, loadDynamic: LoadDynamic): Promise<PyDict> {
  const loaders = children(stream, "schema_loader");
  if (!Array.isArray(field(stream, "schema_loader"))) {
    const [loader] = loaders;
    return loader === undefined ? pyDict() : one(loader, loadDynamic);
  }
  const properties = pyDict();
  for (const loader of loaders) {
    const own = (await one(loader, loadDynamic)).get("properties");
    if (!isDict(own)) throw new ConfigError("manifest.schema", "one of the schemas of a stream has no properties");
    for (const [name, property] of own) if (!properties.has(name)) properties.set(name, property);
  }
  return pyDict([
    ["$schema", "http://json-schema.org/draft-07/schema#"],
    ["type", ["null", "object"]],
    ["properties", properties],
  ]);
}

async function one(loader: Component, loadDynamic: LoadDynamic): Promise<PyDict> {
  switch (typeOf(loader)) {
    case "InlineSchemaLoader":
      return object(loader, "schema") ?? pyDict();
    case "DynamicSchemaLoader":
      return loadDynamic(loader);
    case "JsonFileSchemaLoader":
      // The files belong to a Python package, which is not here; the reference does without them as well.
      return pyDict();
    default:
      return refuseCustom(loader, "a schema loader");
  }
}
