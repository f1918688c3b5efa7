import { describe, expect, test } from "vitest";
import { toPlain } from "../../../../connectors/airbyte-manifest/jinja/json.js";
import { loadManifest } from "../../../../connectors/airbyte-manifest/load/load-manifest.js";
import { checkConfig } from "../../../../connectors/airbyte-manifest/spec/check-config.js";
import { normalizedConfig } from "../../../../connectors/airbyte-manifest/spec/config-transformation.js";
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
    return toPlain(normalizedConfig(manifest(rules), of(config), () => 0));
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
    checkConfig(manifest({ validations: [validation] }), of(config));
  const strategy = { type: "ValidateAdheresToSchema", base_schema: { type: "object", required: ["id"] } };
  const validation = { type: "DpathValidator", field_path: ["accounts", "*"], validation_strategy: strategy };

  test("at every place that a path leads to, text read as JSON", () => {
    expect(() => check({ accounts: [{ id: 1 }, '{"id": 2}'] }, validation)).not.toThrow();
    expect(() => check({ accounts: [{ id: 1 }, {}] }, validation)).toThrow(
      expect.objectContaining({ code: "manifest.config", message: expect.stringContaining("config.accounts") }),
    );
  });

  test("by Python not at all: the class is named", () => {
    const custom = { type: "CustomValidationStrategy", class_name: "source_x.Check" };
    expect(() => check({}, { ...validation, validation_strategy: custom })).toThrow(/source_x\.Check/);
  });
});
