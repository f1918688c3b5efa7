import type { z } from "zod";
import { configJsonSchema } from "../config/json-schema.js";
import type { JsonObject } from "../json.js";
import { type ColumnType, list, parseType, scalar } from "../schema/column-type.js";
import type { Column } from "../schema/stream.js";
import type { RowStream } from "./row-stream.js";

/** What an author has declared of a stream's columns. */
export interface DeclaredColumns {
  readonly columns: readonly Column[];
  /** Keys that no column is declared for: more columns, nothing, or an error. */
  readonly others: "infer" | "leave_out" | "refuse";
}

/** @throws ConfigError `type.unknown` for a type name that is none */
export function declaredColumns({
  columns = {},
  primaryKey = [],
}: Pick<RowStream, "columns" | "primaryKey">): DeclaredColumns {
  if (isZodObject(columns)) return fromZod(columns);
  const declared = Object.entries(columns as Readonly<Record<string, string>>).map(([name, type]) => ({
    name,
    type: parseType(type),
    nullable: !primaryKey.includes(name),
  }));
  return { columns: declared, others: "infer" };
}

/** Of any copy of zod: a connector may bring its own. */
function isZodObject(value: object): value is z.ZodObject {
  return "_zod" in value;
}

function fromZod(schema: z.ZodObject): DeclaredColumns {
  const { properties = {}, required = [] } = configJsonSchema(schema);
  const needed = new Set(required as readonly string[]);
  const columns = Object.entries(properties as Record<string, JsonObject>).map(([name, property]) => {
    const { schema: plain, nullable } = withoutNull(property);
    return { name, type: typeOf(plain), nullable: nullable || !needed.has(name) };
  });
  const rest = schema._zod.def.catchall?._zod.def.type;
  return { columns, others: rest === undefined ? "leave_out" : rest === "never" ? "refuse" : "infer" };
}

function withoutNull(schema: JsonObject): { schema: JsonObject; nullable: boolean } {
  const options = (schema.anyOf ?? []) as readonly JsonObject[];
  const others = options.filter(({ type }) => type !== "null");
  if (others.length === options.length) return { schema, nullable: false };
  return { schema: others.length === 1 ? others[0]! : { anyOf: others }, nullable: true };
}

const formats: Readonly<Record<string, ColumnType>> = {
  "date-time": scalar("timestamp"),
  date: scalar("date"),
  time: scalar("time"),
  uuid: scalar("uuid"),
};

/** The column type of a JSON Schema: what has no type of its own is JSON. */
function typeOf({ type, format, items }: JsonObject): ColumnType {
  switch (type) {
    case "string":
      return formats[String(format)] ?? scalar("string");
    case "integer":
      return scalar("int64");
    case "number":
      return scalar("float64");
    case "boolean":
      return scalar("boolean");
    case "array": {
      const item = typeOf((items ?? {}) as JsonObject);
      return item.kind === "json" ? scalar("json") : list(item);
    }
    default:
      return scalar("json");
  }
}
