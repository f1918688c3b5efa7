import { expect, test } from "vitest";
import { toPlain } from "../../../../connectors/airbyte-manifest/jinja/json.js";
import type { Component } from "../../../../connectors/airbyte-manifest/load/fields.js";
import { loadManifest } from "../../../../connectors/airbyte-manifest/load/load-manifest.js";
import { buildStream } from "../../../../connectors/airbyte-manifest/streams/build-stream.js";
import { fakeRuntime, json, of } from "../fake-runtime.js";
import { requester, stream } from "../read-manifest.js";

const fields = [
  { key: "id", type: "num" },
  { key: "Tags", type: "many" },
  { key: "odd", type: "num", big: true },
  { key: "any", type: ["text", "num"] },
  { key: "hidden", type: "text" },
];
const types = [
  { type: "TypesMap", current_type: "num", target_type: "number", condition: "{{ raw_schema.get('big') == true }}" },
  { type: "TypesMap", current_type: "num", target_type: "integer" },
  { type: "TypesMap", current_type: "text", target_type: "string" },
  { type: "TypesMap", current_type: ["text", "num"], target_type: ["string", "integer"] },
  {
    type: "TypesMap",
    current_type: "many",
    target_type: { type: "ComplexFieldType", field_type: "array", items: "string" },
  },
];
const loader = {
  type: "DynamicSchemaLoader",
  retriever: {
    type: "SimpleRetriever",
    requester: requester("fields"),
    record_selector: { type: "RecordSelector", extractor: { type: "DpathExtractor", field_path: [] } },
  },
  schema_filter: { type: "RecordFilter", condition: "{{ 'hidden' not in record }}" },
  schema_transformations: [{ type: "KeysToLower" }],
  schema_type_identifier: {
    type: "SchemaTypeIdentifier",
    schema_pointer: ["fields"],
    key_pointer: ["key"],
    type_pointer: ["type"],
    types_mapping: types,
  },
};

async function schemaOf(schema_loader: unknown): Promise<unknown> {
  const runtime = fakeRuntime({ answer: () => json({ fields }) });
  const manifest = loadManifest(JSON.stringify({ streams: [stream("s", "s", { schema_loader })] }), "m.json");
  const [component] = manifest.get("streams") as Component[];
  return toPlain(await buildStream(component as Component, runtime, { state: of({}), maxBytes: 1_000_000 }).schema());
}

const properties = {
  id: { type: ["null", "integer"] },
  tags: { type: ["null", "array"], items: { type: ["null", "string"] } },
  odd: { type: ["null", "number"] },
  any: { oneOf: [{ type: ["null", "string"] }, { type: ["null", "integer"] }] },
};

test("a schema is made of what the API says of its fields, by the manifest's map of types", async () => {
  expect(await schemaOf(loader)).toMatchObject({ type: "object", additionalProperties: true, properties });
});

test("several schemas are put together; the first that has a property wins", async () => {
  const inline = {
    type: "InlineSchemaLoader",
    schema: { properties: { id: { type: "string" }, x: { type: "boolean" } } },
  };
  expect(await schemaOf([inline, loader])).toMatchObject({
    properties: { ...properties, id: { type: "string" }, x: { type: "boolean" } },
  });
  expect(await schemaOf({ type: "JsonFileSchemaLoader", file_path: "./schemas/s.json" })).toEqual({});
});
