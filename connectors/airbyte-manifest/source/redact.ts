import { configRedactor } from "../../../sdk/child/redact.js";
import { ConfigError, errorFromRecord, errorRecord, SluiceError } from "../../../sdk/errors.js";
import type { JsonObject } from "../../../sdk/json.js";
import { toJson } from "../jinja/json.js";
import { str } from "../jinja/values/text.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";
import { type Component, child } from "../load/fields.js";
import { isDict } from "../value/is-dict.js";

/** Hides, in text, the values that the manifest's spec calls secret and those whose names sound like it. */
export function redactor(manifest: Component, config: PyDict): (text: string) => string {
  const byName = configRedactor(JSON.parse(toJson(config)) as JsonObject);
  const spec = child(manifest, "spec");
  const schema = spec === undefined ? undefined : child(spec, "connection_specification");
  const secrets = [...new Set(secretsIn(schema, config))].sort((a, b) => b.length - a.length);
  return (text) => secrets.reduce((rest, secret) => rest.replaceAll(secret, "[secret]"), byName(text));
}

/** Runs something; its errors come out with every secret hidden. */
export async function withRedactedErrors<T>(redact: (text: string) => string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof Error && error.name === "PythonError") {
      throw new ConfigError("manifest.failed", `the manifest fails: ${redact(error.message)}`, { cause: error });
    }
    if (!(error instanceof SluiceError)) throw error;
    const record = errorRecord(error);
    if (redact(record.message) === record.message) throw error;
    const { stack: _, ...rest } = record;
    throw errorFromRecord({ ...rest, message: redact(record.message) });
  }
}

const shortest = 4;

function secretsIn(schema: PyValue | undefined, value: PyValue | undefined): string[] {
  if (!isDict(schema) || value === undefined || value === null) return [];
  if (schema.get("airbyte_secret") === true && typeof value !== "object") {
    const text = str(value);
    return text.length < shortest ? [] : [text, encodeURIComponent(text), JSON.stringify(text).slice(1, -1)];
  }
  const choices = ["oneOf", "anyOf", "allOf"].flatMap((name) => schema.get(name) ?? []);
  const nested = choices.flatMap((choice) => secretsIn(choice, value));
  if (Array.isArray(value)) return [...nested, ...value.flatMap((item) => secretsIn(schema.get("items"), item))];
  const properties = schema.get("properties");
  if (!isDict(properties) || !isDict(value)) return nested;
  return [...nested, ...[...properties].flatMap(([name, property]) => secretsIn(property, value.get(name)))];
}
