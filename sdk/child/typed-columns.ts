import type { Json } from "../json.js";
import { parseType } from "../schema/column-type.js";
import { jsonSchemaColumns } from "../schema/json-schema-columns.js";
import type { Column } from "../schema/stream.js";

export interface ColumnTyping {
  readonly stream: string;
  readonly notNull: readonly string[];
  /** Types that the user gave, by stream and column. */
  readonly types: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/**
 * The columns of a stream: those of its JSON Schema, under the types that the user gave, which may also name columns
 * that the schema leaves out.
 * @throws ConfigError `type.unknown`
 */
export function typedColumns(schema: Json, { stream, notNull, types }: ColumnTyping): Column[] {
  const given = new Map(Object.entries(types[stream] ?? {}).map(([name, type]) => [name, parseType(type)]));
  const declared = jsonSchemaColumns(schema, notNull);
  const typed = declared.map((column) => ({ ...column, type: given.get(column.name) ?? column.type }));
  const added = [...given].filter(([name]) => !declared.some((column) => column.name === name));
  return [...typed, ...added.map(([name, type]) => ({ name, type, nullable: true }))];
}
