import { describe, expect, test } from "vitest";
import { jsonDecoder } from "../../../../connectors/airbyte-manifest/decode/decoder.js";
import { toPlain } from "../../../../connectors/airbyte-manifest/jinja/json.js";
import { createRecordSelector } from "../../../../connectors/airbyte-manifest/select/record-selector.js";
import { snakeCase } from "../../../../connectors/airbyte-manifest/select/transform/keys-to-snake.js";
import { createTransformation } from "../../../../connectors/airbyte-manifest/select/transform/transformation.js";
import { wholeStream } from "../../../../connectors/airbyte-manifest/slices/slice.js";
import { fakeRuntime, json, of } from "../fake-runtime.js";

interface Selection {
  readonly path?: readonly string[];
  readonly more?: object;
  readonly transformations?: readonly object[];
  readonly schema?: object;
}

function select(
  body: unknown,
  { path = ["data"], more = {}, transformations = [], schema = {} }: Selection = {},
): unknown[] {
  const runtime = fakeRuntime({ config: { shop: "x" } });
  const component = of({ type: "RecordSelector", extractor: { type: "DpathExtractor", field_path: path }, ...more });
  const selector = createRecordSelector(component, runtime, {
    decoder: jsonDecoder,
    transformations: transformations.map((each) => createTransformation(of(each), runtime)),
  });
  return [...selector.select(json(body), wholeStream, of(schema))].map(toPlain);
}

describe("records", () => {
  test.each([
    ["a list's items", { data: [{ a: 1 }, { a: 2 }] }, ["data"], [{ a: 1 }, { a: 2 }]],
    ["one object", { data: { a: 1 } }, ["data"], [{ a: 1 }]],
    ["nothing", { data: null }, ["data"], []],
    ["nothing where the path leads nowhere", {}, ["data"], []],
    ["all that a pattern finds", { x: { v: { a: 1 } }, y: { v: { a: 2 } } }, ["*", "v"], [{ a: 1 }, { a: 2 }]],
  ])("are %s", (_, body, path, records) => {
    expect(select(body, { path })).toEqual(records);
  });

  test("are filtered, then transformed, then cast", () => {
    const found = select(
      { data: [{ id: 1 }, { id: 2 }] },
      {
        more: {
          record_filter: { type: "RecordFilter", condition: "{{ record['id'] > 1 and record.shop is not defined }}" },
          schema_normalization: "Default",
        },
        transformations: [{ type: "AddFields", fields: [{ path: ["shop"], value: "{{ config['shop'] }}" }] }],
        schema: { properties: { id: { type: "string" } } },
      },
    );
    expect(found).toEqual([{ id: "2", shop: "x" }]);
  });

  test.each([
    ["a list of texts", { data: ["a", "b"] }, "has a str: a"],
    ["a list of lists", { data: [[1]] }, "has a list: [1]"],
    ["a number", { data: 7 }, "has a int: 7"],
    ["null in a list", { data: [{ id: 1 }, null] }, "has a NoneType: None"],
  ])("that are no objects are an error that shows what is there: %s", (_, body, message) => {
    const failing = () => select(body);
    expect(failing).toThrow(message);
    expect(failing).toThrow(expect.objectContaining({ kind: "data", code: "manifest.record" }));
  });

  test("that are no objects may be filtered out before anybody looks at them", () => {
    const more = { record_filter: { type: "RecordFilter", condition: "{{ record is mapping }}" } };
    expect(select({ data: ["a", { id: 1 }, null, 2] }, { more })).toEqual([{ id: 1 }]);
  });

  test("of a list within: each item a record that knows where it was", () => {
    const extractor = {
      type: "DpathExtractor",
      field_path: ["data"],
      record_expander: {
        expand_records_from_field: ["lines"],
        remain_original_record: true,
        on_no_records: "emit_parent",
      },
    };
    const found = select({ data: [{ id: 1, lines: [{ n: 1 }, 2] }, { id: 2 }] }, { more: { extractor } });
    const original_record = { id: 1, lines: [{ n: 1 }, 2] };
    expect(found).toEqual([{ n: 1, original_record }, { value: 2, original_record }, { id: 2 }]);
  });
});

describe("casting", () => {
  const cast = (value: unknown, schema: object) =>
    (
      select(
        { data: [{ v: value }] },
        { more: { schema_normalization: "Default" }, schema: { properties: { v: schema } } },
      )[0] as { v: unknown }
    ).v;

  test.each([
    ["5", { type: "integer" }, 5],
    [2.9, { type: ["null", "integer"] }, 2],
    ["2.9", { type: "integer" }, "2.9"],
    ["1e3", { type: "number" }, 1000],
    [true, { type: "number" }, 1],
    ["x", { type: "number" }, "x"],
    [1, { type: "string" }, "1"],
    [{ a: [true, null] }, { type: "string" }, "{'a': [True, None]}"],
    [null, { type: ["null", "string"] }, null],
    [null, { type: "string" }, "None"],
    ["Yes", { type: "boolean" }, true],
    ["maybe", { type: "boolean" }, "maybe"],
    [0, { type: "boolean" }, false],
    ["x", { type: "array" }, ["x"]],
    ["3", { type: ["integer", "string"] }, "3"],
    [{ n: "1" }, { type: "object", properties: { n: { type: "integer" } } }, { n: 1 }],
    [["1"], { type: "array", items: { type: "integer" } }, [1]],
  ])("%j by %j is %j", (value, schema, result) => {
    expect(cast(value, schema)).toEqual(result);
  });
});

describe("transformations", () => {
  test("fields that are added see those added before; a condition may hold them back", () => {
    const add = {
      type: "AddFields",
      fields: [
        { path: ["a"], value: "{{ record.id + 1 }}" },
        { path: ["n", "b"], value: "{{ record.a * 2 }}", value_type: "string" },
      ],
    };
    const some = {
      type: "AddFields",
      condition: "{{ value > 2 }}",
      fields: [{ path: ["c"], value: "{{ record.a }}" }],
    };
    expect(select({ data: [{ id: 1 }, { id: 2 }] }, { transformations: [add, some] })).toEqual([
      { id: 1, a: 2, n: { b: "4" } },
      { id: 2, a: 3, n: { b: "6" }, c: 3 },
    ]);
  });

  test.each([
    [
      { type: "RemoveFields", field_pointers: [["a", "*"], ["gone"]] },
      { a: {}, B: 2 },
    ],
    [{ type: "KeysToLower" }, { a: { "x-Y": 1 }, b: 2 }],
    [{ type: "KeysToSnakeCase" }, { a: { x_y: 1 }, b: 2 }],
    [
      { type: "KeysReplace", old: "-", new: "_" },
      { a: { x_Y: 1 }, B: 2 },
    ],
    [{ type: "FlattenFields" }, { "x-Y": 1, B: 2 }],
    [
      {
        type: "DpathFlattenFields",
        field_path: ["a"],
        delete_origin_value: true,
        key_transformation: { prefix: "p_" },
      },
      { "p_x-Y": 1, B: 2 },
    ],
    [{ type: "DpathFlattenFields", field_path: ["a"], replace_record: true }, { "x-Y": 1 }],
  ])("%j", (transformation, record) => {
    expect(select({ data: [{ a: { "x-Y": 1 }, B: 2 }] }, { transformations: [transformation] })).toEqual([record]);
  });

  test.each([
    ["accountID", "account_id"],
    ["HTTPServer2", "httpserver_2"],
    ["9lives", "_9_lives"],
    ["Some Key!", "some_key_"],
    ["éCole", "e_cole"],
  ])("%s is %s", (key, snake) => {
    expect(snakeCase(key)).toBe(snake);
  });
});
