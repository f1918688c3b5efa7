import type { Json, JsonObject } from "../json.js";
import { rawText } from "../raw-json.js";
import { type ColumnType, decimal, maxDecimalPrecision, scalar } from "./column-type.js";
import type { Column } from "./stream.js";

/**
 * The columns of a JSON Schema that describes a record, in its order. Numbers are `int64` or `float64`, `decimal` where
 * `multipleOf` is a power of ten or the bounds ask for it; text is what `format` says it is; objects, arrays and what
 * may be anything are `json`. Airbyte's `airbyte_type` is taken too. All are nullable but those in `notNull`.
 */
export function jsonSchemaColumns(schema: Json, notNull: readonly string[] = []): Column[] {
  const root = objectOf(schema);
  const { properties } = resolved(root, root);
  return Object.entries(objectOf(properties)).map(([name, property]) => ({
    name,
    type: typeOf(objectOf(property), root),
    nullable: !notNull.includes(name),
  }));
}

const anything = scalar("json");

function typeOf(property: JsonObject, root: JsonObject, depth = 0): ColumnType {
  const schema = resolved(property, root);
  const choices = [schema.oneOf, schema.anyOf].find((list): list is readonly Json[] => Array.isArray(list));
  if (choices !== undefined && schema.type === undefined && depth < 10) {
    const types = choices
      .filter((choice) => objectOf(choice).type !== "null")
      .map((choice) => typeOf(objectOf(choice), root, depth + 1));
    return types.reduce(either, types[0] ?? anything);
  }
  const types = [schema.type].flat().filter((type) => type !== "null");
  if (types.length === 2 && types.includes("integer") && types.includes("number")) return numberType(schema, "number");
  return types
    .map((type) => ofType(schema, type ?? null))
    .reduce(either, types.length === 0 ? anything : ofType(schema, types[0] ?? null));
}

/** The one type that takes the values of both exactly. */
function either(a: ColumnType, b: ColumnType): ColumnType {
  if (a.kind === b.kind && JSON.stringify(a) === JSON.stringify(b)) return a;
  return a.kind === "json" || b.kind === "json" ? anything : scalar("string");
}

function ofType(schema: JsonObject, type: Json): ColumnType {
  switch (type) {
    case "boolean":
      return scalar("boolean");
    case "integer":
    case "number":
      return numberType(schema, type);
    case "string":
      return textType(schema);
    default:
      return anything;
  }
}

function numberType(
  { multipleOf, minimum, maximum, airbyte_type }: JsonObject,
  type: "integer" | "number",
): ColumnType {
  if (airbyte_type === "big_integer") return decimal(maxDecimalPrecision, 0);
  if (airbyte_type === "big_number") return scalar("string");
  if (type === "integer" || airbyte_type === "integer") {
    const beyond = [minimum, maximum].some((bound) => Math.abs(Number(rawText(bound) ?? bound ?? 0)) > 2 ** 63);
    return beyond ? decimal(maxDecimalPrecision, 0) : scalar("int64");
  }
  const scale = typeof multipleOf === "number" && multipleOf > 0 ? Math.round(-Math.log10(multipleOf)) : undefined;
  const isPower = scale !== undefined && Math.abs(10 ** -scale / (multipleOf as number) - 1) < 1e-9;
  if (!isPower || scale > maxDecimalPrecision) return scale === undefined ? scalar("float64") : scalar("string");
  return decimal(maxDecimalPrecision, Math.max(scale, 0));
}

function textType({ format, airbyte_type }: JsonObject): ColumnType {
  if (airbyte_type === "timestamp_without_timezone") return scalar("datetime");
  if (airbyte_type === "time_with_timezone") return scalar("string");
  switch (format) {
    case "date-time":
      return scalar("timestamp");
    case "date":
    case "time":
    case "uuid":
      return scalar(format);
    default:
      return scalar("string");
  }
}

/** The schema that a reference inside the document leads to. */
function resolved(schema: JsonObject, root: JsonObject): JsonObject {
  let found = schema;
  for (let steps = 0; typeof found.$ref === "string" && steps < 20; steps++) {
    const path = found.$ref.split("/").slice(1);
    found = path.reduce((at: JsonObject, key) => objectOf(at[key.replaceAll("~1", "/").replaceAll("~0", "~")]), root);
  }
  return found;
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
