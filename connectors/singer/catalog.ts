import { typedColumns } from "../../sdk/child/typed-columns.js";
import { DataError } from "../../sdk/errors.js";
import type { Json, JsonObject } from "../../sdk/json.js";
import type { Stream } from "../../sdk/schema/stream.js";
import type { Config } from "./config.js";

/** A stream of a tap's catalog, as it stands there: what Sluice does not know of is handed back untouched. */
export type CatalogEntry = JsonObject & { readonly schema: JsonObject };

interface Metadata {
  readonly breadcrumb: readonly string[];
  readonly metadata: JsonObject;
}

/** The streams of a catalog (https://github.com/singer-io/getting-started, docs/DISCOVERY_MODE.md). */
export function entriesOf(catalog: Json): CatalogEntry[] {
  const streams = (catalog as { readonly streams?: unknown } | null)?.streams;
  if (!Array.isArray(streams)) {
    throw new DataError("singer.catalog", "the tap's catalog is no document with `streams`", {
      hint: "run the tap with --discover by hand; catalog: names a file to use instead",
    });
  }
  return streams as CatalogEntry[];
}

/** The one name that a stream has in the catalog. */
export function nameOf(entry: CatalogEntry): string {
  return String(entry.tap_stream_id ?? entry.stream);
}

/** What Sluice says of a stream. */
export function streamOf(entry: CatalogEntry, types: Config["types"]): Stream {
  const root = metadataAt(entry, []);
  const primaryKey = textsOf(root["table-key-properties"] ?? root["view-key-properties"] ?? entry.key_properties);
  const cursors = textsOf(root["valid-replication-keys"] ?? root["replication-key"] ?? entry.replication_key);
  const forced = root["forced-replication-method"] || root["replication-method"] || entry.replication_method;
  const columns = typedColumns(entry.schema, { stream: nameOf(entry), notNull: primaryKey, types }).filter(
    ({ name }) => metadataAt(entry, ["properties", name]).inclusion !== "unsupported",
  );
  const isColumn = (name: string) => columns.some((column) => column.name === name);
  return {
    name: nameOf(entry),
    columns,
    primaryKey: primaryKey.every(isColumn) ? primaryKey : [],
    cursorFields: cursors.filter(isColumn),
    readModes: methodOf(forced) === "FULL_TABLE" ? ["full_refresh"] : ["full_refresh", "incremental"],
  };
}

/** What one read wants of a stream. */
export interface Selection {
  readonly columns: ReadonlySet<string>;
  readonly method: "FULL_TABLE" | "INCREMENTAL" | "LOG_BASED";
  readonly cursor: string | undefined;
}

/** The catalog with one stream selected, by metadata and by the older `selected` in the schema. */
export function catalogWith(entries: readonly CatalogEntry[], stream: string, selection: Selection): JsonObject {
  return {
    streams: entries.map((entry) => (nameOf(entry) === stream ? selectedEntry(entry, selection) : deselected(entry))),
  };
}

function selectedEntry(entry: CatalogEntry, { columns, method, cursor }: Selection): JsonObject {
  const replication = {
    "replication-method": method,
    ...(cursor === undefined ? {} : { "replication-key": cursor }),
  };
  const names = Object.keys((entry.schema.properties ?? {}) as JsonObject);
  const listed = metadataOf(entry);
  const missing = [[], ...names.map((name) => ["properties", name])]
    .filter((path) => !listed.some(({ breadcrumb }) => samePath(breadcrumb, path)))
    .map((breadcrumb): Metadata => ({ breadcrumb, metadata: {} }));
  const metadata = [...listed, ...missing].map(({ breadcrumb, metadata: known }) => {
    const [, column] = breadcrumb;
    if (column === undefined) return { breadcrumb, metadata: { ...known, selected: true, ...replication } };
    const selected = known.inclusion !== "unsupported" && (known.inclusion === "automatic" || columns.has(column));
    return { breadcrumb, metadata: { ...known, selected } };
  });
  return {
    ...entry,
    selected: true,
    replication_method: method,
    ...(cursor === undefined ? {} : { replication_key: cursor }),
    schema: { ...entry.schema, selected: true },
    metadata: metadata as unknown as Json,
  };
}

function deselected(entry: CatalogEntry): JsonObject {
  const others = metadataOf(entry).filter(({ breadcrumb }) => breadcrumb.length > 0);
  const root = { breadcrumb: [], metadata: { ...metadataAt(entry, []), selected: false } };
  return {
    ...entry,
    selected: false,
    schema: { ...entry.schema, selected: false },
    metadata: [...others, root] as unknown as Json,
  };
}

/** The method that a tap insists on, where it does. */
export function forcedMethod(entry: CatalogEntry): Selection["method"] | undefined {
  return methodOf(metadataAt(entry, [])["forced-replication-method"]);
}

function methodOf(value: Json | undefined): Selection["method"] | undefined {
  return value === "FULL_TABLE" || value === "INCREMENTAL" || value === "LOG_BASED" ? value : undefined;
}

function metadataOf(entry: CatalogEntry): readonly Metadata[] {
  return Array.isArray(entry.metadata) ? (entry.metadata as unknown as Metadata[]) : [];
}

function metadataAt(entry: CatalogEntry, path: readonly string[]): JsonObject {
  return metadataOf(entry).find(({ breadcrumb }) => samePath(breadcrumb, path))?.metadata ?? {};
}

function samePath(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((part, i) => part === b[i]);
}

function textsOf(value: Json | undefined): string[] {
  return [value ?? []].flat().filter((item): item is string => typeof item === "string");
}
