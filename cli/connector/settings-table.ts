import type { Json, JsonObject } from "../../sdk/json.js";

/** A table in Markdown of what an object schema takes; the settings of nested objects by dotted names. */
export function settingsTable(schema: JsonObject): string {
  const rows = settings(schema, "").map(
    ({ name, type, required, preset, description }) =>
      `| \`${name}\` | ${type} | ${required ? "required" : preset} | ${cell(description)} |`,
  );
  return ["| setting | type | default | meaning |", "|---|---|---|---|", ...rows].join("\n");
}

interface Setting {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly preset: string;
  readonly description: string;
}

function settings(schema: JsonObject, prefix: string): Setting[] {
  const required = listOf(schema.required);
  return Object.entries(objectOf(schema.properties)).flatMap(([key, value]) => {
    const property = objectOf(value);
    const name = prefix + key;
    const inner = property.properties === undefined ? objectOf(property.additionalProperties) : property;
    const preset = property.default;
    const entry: Setting = {
      name,
      type: typeText(property),
      required: required.includes(key) && preset === undefined,
      preset: preset === undefined || isEmpty(preset) ? "" : `\`${JSON.stringify(preset)}\``,
      description: String(property.description ?? ""),
    };
    const nested = inner.properties === undefined ? alternative(inner) : inner;
    if (nested === undefined) return [entry];
    return [entry, ...settings(nested, inner === property ? `${name}.` : `${name}.<name>.`)];
  });
}

/** The object among alternatives such as "an object or null". */
function alternative({ anyOf }: JsonObject): JsonObject | undefined {
  return listOf(anyOf)
    .map(objectOf)
    .find(({ properties }) => properties !== undefined);
}

function typeText({ type, enum: values, anyOf, items, properties, additionalProperties, format }: JsonObject): string {
  if (format === "password") return "secret";
  if (values !== undefined)
    return listOf(values)
      .map((value) => `\`${String(value)}\``)
      .join(", ");
  if (anyOf !== undefined) {
    const types = listOf(anyOf).map((choice) => typeText(objectOf(choice)));
    return [...new Set(types)].join(" or ");
  }
  if (type === "array") return `list of ${typeText(objectOf(items))}`;
  if (properties !== undefined) return "settings";
  if (type === "object") {
    const inner = objectOf(additionalProperties).type;
    return inner === undefined || inner === "object" ? "settings by name" : `${String(inner)}s by name`;
  }
  return type === "integer" ? "whole number" : String(type ?? "any");
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function isEmpty(value: Json): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("\n", " ");
}
