import type { PyDict, PyValue } from "../jinja/values/value.js";
import { type Component, child } from "../load/fields.js";
import { copyOf, copyOfDict } from "../value/copy.js";
import { isDict } from "../value/is-dict.js";

/** A copy of a config with what its spec has a default for, as a form for it would be filled in. */
export function withDefaults(manifest: Component, config: PyDict): PyDict {
  const filled = copyOfDict(config);
  const spec = child(manifest, "spec");
  const schema = spec === undefined ? undefined : child(spec, "connection_specification");
  fill(schema, filled);
  return filled;
}

function fill(schema: PyValue | undefined, config: PyDict): void {
  const properties = isDict(schema) ? schema.get("properties") : undefined;
  if (!isDict(properties)) return;
  for (const [name, property] of properties) {
    if (!isDict(property)) continue;
    const usual = property.get("default");
    const own = config.get(name);
    if (own === undefined && usual !== undefined) config.set(name, copyOf(usual));
    if (isDict(own)) fill(property, own);
  }
}
