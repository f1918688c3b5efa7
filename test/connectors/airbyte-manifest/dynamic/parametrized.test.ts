import { expect, test } from "vitest";
import { read, stream } from "../read-manifest.js";

const mapping = (field_path: string[], value: string, more: object = {}) => ({
  type: "ComponentMappingDefinition",
  field_path,
  value,
  ...more,
});

test("streams are made of parameters that stand in the manifest", async () => {
  const resolver = {
    type: "ParametrizedComponentsResolver",
    stream_parameters: {
      type: "StreamParametersDefinition",
      list_of_parameters_for_stream: [
        { name: "a", path: "x", query: { k: 1 } },
        { name: "b", path: "y", query: null },
      ],
    },
    components_mapping: [
      mapping(["name"], "{{ components_values['name'] }}"),
      mapping(["retriever", "requester", "path"], "{{ components_values.path }}"),
      mapping(["retriever", "requester", "request_parameters"], "{{ components_values['query'] }}", {
        create_or_update: true,
        condition: "{{ components_values.query }}",
      }),
    ],
  };
  const template = stream("?", "?");
  const manifest = {
    dynamic_streams: [{ type: "DynamicDeclarativeStream", stream_template: template, components_resolver: resolver }],
  };
  expect((await read(manifest, "a")).paths).toEqual(["GET /x?k=1"]);
  expect((await read(manifest, "b")).paths).toEqual(["GET /y"]);
});
