import { describe, expect, test } from "vitest";
import { toPlain } from "../../../../connectors/airbyte-manifest/jinja/json.js";
import { loadManifest } from "../../../../connectors/airbyte-manifest/load/load-manifest.js";
import { checkSpec, checkValidations } from "../../../../connectors/airbyte-manifest/spec/check-config.js";
import {
  migratedConfig,
  transformedConfig,
} from "../../../../connectors/airbyte-manifest/spec/config-transformation.js";
import { of } from "../fake-runtime.js";
import { stream } from "../read-manifest.js";

const manifest = (rules: object) =>
  loadManifest(
    JSON.stringify({
      streams: [stream("s", "s")],
      spec: { type: "Spec", connection_specification: { type: "object" }, config_normalization_rules: rules },
    }),
    "m.json",
  );
const add = (path: string[], value: string, more: object = {}, condition?: string) => ({
  type: "ConfigAddFields",
  fields: [{ type: "AddedFieldDefinition", path, value, ...more }],
  ...(condition === undefined ? {} : { condition }),
});

describe("the config is changed before anything is read", () => {
  const changed = (config: object, ...transformations: object[]) => {
    const migration = { type: "ConfigMigration", transformations: transformations.slice(0, 1) };
    const rules = { config_migrations: [migration], transformations: transformations.slice(1) };
    const own = manifest(rules);
    return toPlain(
      transformedConfig(
        own,
        migratedConfig(own, of(config), () => 0),
        () => 0,
      ),
    );
  };

  test("by fields that are added, each seeing what was added before", () => {
    const later = add(["auth", "id"], "{{ config['copy'] }}-2", { value_type: "string" });
    expect(changed({ key: "k" }, add(["copy"], "{{ config['key'] }}"), later)).toEqual({
      key: "k",
      copy: "k",
      auth: { id: "k-2" },
    });
    expect(changed({ n: 1 }, add(["n"], "2", {}, "{{ config['n'] == 5 }}"))).toEqual({ n: 1 });
  });

  test("by fields that are removed, and by values that have new names", () => {
    const remove = { type: "ConfigRemoveFields", field_pointers: [["a", "b"], ["missing"]] };
    expect(changed({ a: { b: 1, c: 2 } }, remove)).toEqual({ a: { c: 2 } });
    expect(changed({ a: 1 }, { ...remove, field_pointers: [["a"]], condition: "{{ config.get('a') > 1 }}" })).toEqual({
      a: 1,
    });
    const remap = { type: "ConfigRemapField", field_path: ["env"], map: { prod: "{{ config['live'] }}" } };
    expect(changed({ env: "prod", live: "https://x" }, remap)).toEqual({ env: "https://x", live: "https://x" });
    expect(changed({ env: "test", live: "" }, remap)).toEqual({ env: "test", live: "" });
  });
});

describe("the config is validated", () => {
  const check = (config: object, validation: object) =>
    checkValidations(manifest({ validations: [validation] }), of(config), () => 0);
  const strategy = { type: "ValidateAdheresToSchema", base_schema: { type: "object", required: ["id"] } };
  const validation = { type: "DpathValidator", field_path: ["accounts", "*"], validation_strategy: strategy };

  test("at every place that a path leads to, text read as JSON", () => {
    expect(() => check({ accounts: [{ id: 1 }, '{"id": 2}'] }, validation)).not.toThrow();
    expect(() => check({ accounts: [{ id: 1 }, {}] }, validation)).toThrow(
      expect.objectContaining({ code: "manifest.config", message: expect.stringContaining("config.accounts") }),
    );
  });

  test("by what a template makes of it", () => {
    const predicate = {
      type: "PredicateValidator",
      value: "{{ config['from'] }}",
      validation_strategy: { type: "ValidateAdheresToSchema", base_schema: { type: "integer", minimum: 1 } },
    };
    expect(() => check({ from: 5 }, predicate)).not.toThrow();
    for (const from of [0, "x"]) {
      expect(() => check({ from }, predicate)).toThrow(expect.objectContaining({ code: "manifest.config" }));
    }
  });

  test("by Python not at all: the class is named", () => {
    const custom = { type: "CustomValidationStrategy", class_name: "source_x.Check" };
    expect(() => check({}, { ...validation, validation_strategy: custom })).toThrow(/source_x\.Check/);
  });
});

test.each([
  ["a number", { type: "integer", minimum: 2, exclusiveMaximum: 5 }, [2, 4], [1, 5]],
  ["text", { type: "string", minLength: 2, maxLength: 3 }, ["ab", "äöü"], ["a", "abcd"]],
  ["a list", { type: "array", minItems: 1, maxItems: 2, uniqueItems: true }, [[1], [1, 2]], [[], [1, 2, 3], [1, 1]]],
  ["all of several schemas", { allOf: [{ type: "integer" }, { maximum: 3 }] }, [3], [4, "x"]],
])("a spec keeps %s within limits", (_, schema, good, bad) => {
  const spec = { type: "Spec", connection_specification: { type: "object", properties: { v: schema } } };
  const own = loadManifest(JSON.stringify({ streams: [stream("s", "s")], spec }), "m.json");
  for (const v of good) expect(() => checkSpec(own, of({ v }))).not.toThrow();
  for (const v of bad) {
    expect(() => checkSpec(own, of({ v }))).toThrow(
      expect.objectContaining({ code: "manifest.config", message: expect.stringContaining("config.v") }),
    );
  }
});
