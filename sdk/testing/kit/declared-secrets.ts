import type { z } from "zod";
import { configJsonSchema } from "../../config/json-schema.js";
import type { Json, JsonObject } from "../../json.js";

/** The values of a config that its schema declares secret, wherever they stand. Shorter ones cannot be told from other words. */
export function declaredSecrets(schema: z.ZodType, config: JsonObject): string[] {
  return secretsOf(configJsonSchema(schema), config).filter((value) => value.length >= 4);
}

function secretsOf(schema: Json | undefined, value: Json | undefined): string[] {
  if (!isObject(schema)) return [];
  if (typeof value === "string") return schema.secret === true ? [value] : secretsOfChoices(schema, value);
  if (!isObject(value)) return [];
  const { properties, additionalProperties } = schema;
  const own = Object.entries(value).flatMap(([name, member]) =>
    secretsOf((isObject(properties) ? properties[name] : undefined) ?? additionalProperties, member),
  );
  return [...own, ...secretsOfChoices(schema, value)];
}

function secretsOfChoices({ anyOf, oneOf }: JsonObject, value: Json): string[] {
  return [anyOf, oneOf].flat().flatMap((choice) => secretsOf(choice, value));
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
