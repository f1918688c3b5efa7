import { ConfigError } from "../../../sdk/errors.js";
import { str } from "../jinja/values/text.js";
import { isTruthy } from "../jinja/values/truth.js";
import type { PyDict } from "../jinja/values/value.js";
import { type Component, child, field, integer, text, texts, typeOf } from "../load/fields.js";
import { isDict } from "../value/is-dict.js";

/** Query properties: the fields that requests ask for, in as many requests a page as the API's limit makes necessary. */
export interface PropertyChunks {
  chunks(): Promise<readonly (readonly string[])[]>;
  /** What makes the parts of one record one; undefined where a page is one request. */
  readonly mergeKey: ((record: PyDict) => string | undefined) | undefined;
}

export interface PropertySources {
  /** The properties of an endpoint, where the list comes from one. */
  readonly fromEndpoint: (component: Component) => Promise<readonly string[]>;
  /** The columns that are wanted, where only those are to be asked for. */
  readonly selected: (() => ReadonlySet<string> | undefined) | undefined;
}

export function createPropertyChunks(component: Component, sources: PropertySources): PropertyChunks {
  const listed = field(component, "property_list");
  const always = texts(component, "always_include_properties") ?? [];
  const chunking = child(component, "property_chunking");
  let known: readonly string[] | undefined;

  async function properties(): Promise<readonly string[]> {
    if (Array.isArray(listed)) return listed.map(str);
    if (!isDict(listed)) return [];
    known ??= await sources.fromEndpoint(listed);
    return known;
  }

  return {
    async chunks() {
      const wanted = sources.selected?.();
      const all = await properties();
      if (chunking !== undefined) return chunked(all, chunking, always, wanted);
      return [[...always, ...(wanted === undefined ? all : all.filter((name) => wanted.has(name)))]];
    },
    mergeKey: chunking === undefined ? undefined : mergeKey(child(chunking, "record_merge_strategy")),
  };
}

function chunked(
  properties: readonly string[],
  chunking: Component,
  always: readonly string[],
  wanted: ReadonlySet<string> | undefined,
): readonly (readonly string[])[] {
  const limit = integer(chunking, "property_limit") ?? 0;
  if (limit === 0) return [[...properties, ...always]];
  const byCharacters = text(chunking, "property_limit_type") === "characters";
  const chunks: string[][] = [];
  let chunk: string[] = [...always];
  let size = 0;
  for (const property of properties) {
    if (wanted !== undefined && !wanted.has(property)) continue;
    // Three more for the separator, which may stand encoded in the URL.
    const weight = byCharacters ? property.length + 3 : 1;
    if (size + weight > limit) {
      chunks.push(chunk);
      chunk = [...always];
      size = 0;
    }
    chunk.push(property);
    size += weight;
  }
  return [...chunks, chunk];
}

function mergeKey(strategy: Component | undefined): (record: PyDict) => string | undefined {
  if (strategy !== undefined && typeOf(strategy) !== "GroupByKeyMergeStrategy") {
    throw new ConfigError(
      "manifest.not_runnable",
      `the manifest merges records by a ${typeOf(strategy)}, which is not run`,
    );
  }
  const key = strategy === undefined ? "id" : (field(strategy, "key") ?? "id");
  const names = Array.isArray(key) ? key.map(str) : [str(key)];
  return (record) => {
    const values = names.map((name) => record.get(name) ?? null);
    return values.every(isTruthy) ? values.map(str).join(",") : undefined;
  };
}
