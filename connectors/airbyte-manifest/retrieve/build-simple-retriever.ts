import type { Cursor } from "../cursors/cursor.js";
import { wholeReadCursor } from "../cursors/whole-read.js";
import { createDecoder } from "../decode/decoder.js";
import { pyDict } from "../jinja/values/dict.js";
import { str } from "../jinja/values/text.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";
import {
  type Component,
  child,
  children,
  flag,
  list,
  object,
  parametersOf,
  requiredChild,
  typeOf,
} from "../load/fields.js";
import { createPaginator } from "../paginate/default-paginator.js";
import { singleRouter } from "../partitions/router.js";
import { buildRequester } from "../requests/build-requester.js";
import type { OptionsProvider } from "../requests/options-provider.js";
import type { Runtime } from "../runtime.js";
import { longForm } from "../select/long-form.js";
import { createRecordSelector } from "../select/record-selector.js";
import type { Transformation } from "../select/transform/record-change.js";
import { createTransformation } from "../select/transform/transformation.js";
import { wholeStream } from "../slices/slice.js";
import { isDict } from "../value/is-dict.js";
import { valueAt } from "../value/paths.js";
import { childAnswer } from "./child-answer.js";
import { createPropertyChunks, type PropertyChunks } from "./property-chunks.js";
import type { Retriever } from "./retriever.js";
import { createSimpleRetriever } from "./simple-retriever.js";

export interface RetrieverOptions {
  readonly runtime: Runtime;
  readonly maxBytes: number;
  readonly transformations: readonly Transformation[];
  readonly slicing: OptionsProvider;
  readonly cursor?: Cursor;
  /** The records come newest first and end the pages once they are older than the cursor. */
  readonly isFeed?: boolean;
  /** The API cannot filter by the cursor: records are filtered here. */
  readonly filtersHere?: boolean;
  readonly useCache?: boolean;
  readonly isFirstRead?: boolean;
  readonly selected?: ReadonlySet<string> | undefined;
}

/** A SimpleRetriever with all that stands in it. */
export function buildSimpleRetriever(component: Component, options: RetrieverOptions): Retriever {
  const { runtime, maxBytes, isFeed = false, filtersHere = false } = options;
  const cursor = options.cursor ?? wholeReadCursor(() => singleRouter.slices());
  const decoder = createDecoder(child(component, "decoder"), maxBytes);
  const selectorComponent = requiredChild(component, "record_selector");
  const selector = createRecordSelector(selectorComponent, runtime, {
    decoder,
    transformations: options.transformations,
    keeps: filtersHere && !isFeed ? cursor.includes : undefined,
    transformsFirst: filtersHere,
  });
  const requesterComponent = requiredChild(component, "requester");
  const { requester: plain, properties, key } = queryProperties(requesterComponent, options);
  return createSimpleRetriever({
    refusesRepeats: runtime.refusesRepeats,
    requester: buildRequester(plain, runtime, {
      propertiesKey: key,
      // Records whose properties come in several answers are put together from whole ones.
      longForm:
        properties === undefined
          ? longForm(requiredChild(selectorComponent, "extractor"), child(component, "decoder"), runtime)
          : undefined,
      ...(options.useCache === undefined ? {} : { useCache: options.useCache }),
    }),
    paginator: createPaginator(child(component, "paginator"), {
      runtime,
      decoder,
      within: isFeed ? cursor.includes : undefined,
    }),
    selector,
    slicing: options.slicing,
    onlyFirstPageSliced: flag(component, "ignore_stream_slicer_parameters_on_paginated_requests"),
    reset: child(component, "pagination_reset"),
    follow: cursor.follow,
    keeps: isFeed ? cursor.includes : undefined,
    properties,
    firstAnswer: isLazy(component, options) ? childAnswer : undefined,
  });
}

/** Whether a parent's records hold the first page of their children. */
function isLazy(component: Component, { isFirstRead }: RetrieverOptions): boolean {
  if (isFirstRead !== true || Array.isArray(component.get("partition_router"))) return false;
  const [router] = children(component, "partition_router");
  if (router === undefined || typeOf(router) !== "SubstreamPartitionRouter") return false;
  return children(router, "parent_stream_configs").some(
    (config) => (list(config, "lazy_read_pointer") ?? []).length > 0,
  );
}

interface WithProperties {
  readonly requester: Component;
  readonly properties?: PropertyChunks | undefined;
  /** The parameter that takes them. */
  readonly key?: string | undefined;
}

/** The query properties of a requester, wherever in it they stand, and the requester without them. */
function queryProperties(requester: Component, options: RetrieverOptions): WithProperties {
  const parameters = requester.get("request_parameters");
  const isQuery = (value: PyValue) => isDict(value) && typeOf(value) === "QueryProperties";
  const inline = isDict(parameters) ? [...parameters].find(([, value]) => isQuery(value)) : undefined;
  if (inline !== undefined) {
    const [name, value] = inline;
    const others = [...(parameters as PyDict)].filter(([, each]) => !isQuery(each));
    const without = pyDict([...requester, ["request_parameters", pyDict(others)]]);
    return { requester: without, properties: chunksOf(value as PyDict, options), key: str(name) };
  }
  const endpoint = object(requester, "fetch_properties_from_endpoint");
  if (endpoint !== undefined) {
    return { requester, properties: chunksOf(pyDict([["property_list", endpoint]]), options) };
  }
  const stated = object(requester, "query_properties");
  return stated === undefined ? { requester } : { requester, properties: chunksOf(stated, options) };
}

function chunksOf(component: Component, options: RetrieverOptions): PropertyChunks {
  const selector = child(component, "property_selector");
  const transformations =
    selector === undefined
      ? []
      : children(selector, "transformations").map((each) => createTransformation(each, options.runtime));
  return createPropertyChunks(component, {
    fromEndpoint: (endpoint) => propertiesFromEndpoint(endpoint, options),
    selected:
      selector === undefined || options.selected === undefined
        ? undefined
        : () => {
            const names = pyDict([...(options.selected ?? [])].map((name) => [name, null]));
            for (const transformation of transformations) transformation(names, undefined);
            return new Set([...names.keys()].map(str));
          },
  });
}

async function propertiesFromEndpoint(
  endpoint: Component,
  { runtime, maxBytes }: RetrieverOptions,
): Promise<readonly string[]> {
  const retriever = buildSimpleRetriever(requiredChild(endpoint, "retriever"), {
    runtime,
    maxBytes,
    transformations: [],
    slicing: singleRouter,
    useCache: true,
  });
  const path = (list(endpoint, "property_field_path") ?? []).map((segment) =>
    runtime.templates.value(str(segment), parametersOf(endpoint)),
  );
  const names: string[] = [];
  for await (const record of retriever.read(wholeStream, pyDict())) names.push(str(valueAt(record, path) ?? []));
  return names;
}
