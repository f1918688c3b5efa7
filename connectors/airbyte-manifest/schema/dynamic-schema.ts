import { ConfigError } from "../../../sdk/errors.js";
import { equals } from "../jinja/values/compare.js";
import { pyDict } from "../jinja/values/dict.js";
import { str } from "../jinja/values/text.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";
import {
  type Component,
  child,
  children,
  field,
  list,
  parametersOf,
  requiredChild,
  requiredText,
  text,
} from "../load/fields.js";
import type { Retriever } from "../retrieve/retriever.js";
import type { Runtime } from "../runtime.js";
import { createTransformation } from "../select/transform/transformation.js";
import { wholeStream } from "../slices/slice.js";
import { isDict } from "../value/is-dict.js";
import { valueAt } from "../value/paths.js";
import { airbyteType } from "./airbyte-type.js";

/** A DynamicSchemaLoader: the first record of a request says which properties there are, and of what types. */
export async function dynamicSchema(loader: Component, retriever: Retriever, runtime: Runtime): Promise<PyDict> {
  const { templates } = runtime;
  const identifier = requiredChild(loader, "schema_type_identifier");
  const parameters = parametersOf(identifier);
  const pointer = (name: string) => list(identifier, name)?.map((segment) => templates.value(str(segment), parameters));
  const record = await firstRecord(retriever);
  const raw = record === undefined ? [] : (valueAt(record, pointer("schema_pointer") ?? []) ?? []);
  const definitions = isDict(raw) ? [...raw.keys()] : Array.isArray(raw) ? raw : [];
  let properties = pyDict();
  for (const definition of definitions) {
    const key = valueAt(definition, pointer("key_pointer") ?? []);
    if (typeof key !== "string") {
      throw new ConfigError(
        "manifest.schema",
        `the name of a property must be text, and the API gives ${str(key ?? null)}`,
      );
    }
    const typePointer = pointer("type_pointer");
    const type = typePointer === undefined ? "string" : (valueAt(definition, typePointer) ?? "string");
    properties.set(key, propertyType(mapped(type, definition, identifier, runtime)));
  }
  properties = kept(properties, child(loader, "schema_filter"), runtime);
  for (const transformation of children(loader, "schema_transformations")) {
    createTransformation(transformation, runtime)(properties, undefined);
  }
  return pyDict([
    ["$schema", "https://json-schema.org/draft-07/schema#"],
    ["type", "object"],
    ["additionalProperties", true],
    ["properties", properties],
  ]);
}

async function firstRecord(retriever: Retriever): Promise<PyDict | undefined> {
  for await (const record of retriever.read(wholeStream, pyDict())) return record;
  return undefined;
}

/** The type that the manifest's map gives for the API's own. */
function mapped(type: PyValue, definition: PyValue, identifier: Component, { templates }: Runtime): PyValue {
  for (const entry of children(identifier, "types_mapping")) {
    const condition = text(entry, "condition") ?? "True";
    if (!equals(type, field(entry, "current_type") ?? null)) continue;
    if (templates.truth(condition, pyDict(), { raw_schema: definition })) return field(entry, "target_type") ?? null;
  }
  return type;
}

function propertyType(type: PyValue): PyDict {
  if (typeof type === "string") return airbyteType(type);
  if (Array.isArray(type) && type.length === 2) return pyDict([["oneOf", type.map((one) => airbyteType(str(one)))]]);
  if (isDict(type)) {
    const property = airbyteType(requiredText(type, "field_type"));
    const items = field(type, "items");
    if (items !== undefined) property.set("items", propertyType(items));
    return property;
  }
  throw new ConfigError("manifest.schema", `${str(type)} is no type of a property`);
}

function kept(properties: PyDict, filter: Component | undefined, { templates }: Runtime): PyDict {
  if (filter === undefined) return properties;
  const condition = text(filter, "condition") ?? "";
  const context = { stream_state: pyDict(), stream_slice: null, next_page_token: null };
  return pyDict(
    [...properties].filter(([name, property]) =>
      templates.truth(condition, parametersOf(filter), { ...context, record: pyDict([[name, property]]) }),
    ),
  );
}
