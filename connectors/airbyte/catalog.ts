import { typedColumns } from "../../sdk/child/typed-columns.js";
import type { Json, JsonObject } from "../../sdk/json.js";
import type { Column, ReadMode, Stream } from "../../sdk/schema/stream.js";
import type { ReadRequest } from "../../sdk/source.js";
import type { Config } from "./config.js";
import type { AirbyteStream, StreamDescriptor } from "./message.js";

/** What Sluice says of a stream. */
export function streamOf(found: AirbyteStream, types: Config["types"]): Stream {
  const { name, namespace, json_schema: schema } = found;
  const keys = pathsOf(found.source_defined_primary_key);
  const primaryKey = keys.every((path) => path.length === 1) ? keys.flat() : [];
  const cursor = textsOf(found.default_cursor_field);
  const id = namespace ? `${namespace}.${name}` : name;
  const columns = typedColumns(schema, { stream: id, notNull: primaryKey, types });
  return {
    name,
    ...(namespace ? { namespace } : {}),
    columns,
    primaryKey: primaryKey.every((key) => has(columns, key)) ? primaryKey : [],
    cursorFields: cursor.length === 1 && has(columns, cursor[0]!) ? cursor : [],
    readModes: modesOf(found),
  };
}

function has(columns: readonly Column[], name: string): boolean {
  return columns.some((column) => column.name === name);
}

function modesOf({ supported_sync_modes }: AirbyteStream): ReadMode[] {
  const modes = textsOf(supported_sync_modes).filter((mode) => mode === "full_refresh" || mode === "incremental");
  return modes.length === 0 ? ["full_refresh"] : (modes as ReadMode[]);
}

/** The catalog of one read: its stream alone. */
export function configuredCatalog(found: AirbyteStream, { mode, cursorField, stream }: ReadRequest): JsonObject {
  const incremental = mode === "incremental";
  const cursor =
    found.source_defined_cursor === true || cursorField === undefined ? found.default_cursor_field : [cursorField];
  return {
    streams: [
      {
        stream: found,
        sync_mode: incremental ? "incremental" : "full_refresh",
        destination_sync_mode: incremental ? "append" : "overwrite",
        cursor_field: incremental ? (cursor ?? []) : [],
        primary_key: found.source_defined_primary_key ?? stream.primaryKey.map((key) => [key]),
        generation_id: 1,
        minimum_generation_id: incremental ? 0 : 1,
        sync_id: 1,
      },
    ],
  };
}

/** Whether a descriptor is of the stream that is read. */
export function isOf({ name, namespace }: Pick<Stream, "name" | "namespace">, other: StreamDescriptor): boolean {
  return other.name === name && (other.namespace || undefined) === namespace;
}

function textsOf(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

function pathsOf(value: Json | undefined): string[][] {
  return Array.isArray(value) ? value.map((path: Json) => textsOf(path)) : [];
}
