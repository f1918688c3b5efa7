import { pyDict } from "../jinja/values/dict.js";
import type { PyDict } from "../jinja/values/value.js";
import { type Component, child, children, flag, requiredChild, requiredText, typeOf } from "../load/fields.js";
import { refuseCustom } from "../load/refuse-custom.js";
import { buildRouter } from "../partitions/build-router.js";
import { buildAsyncRetriever } from "../retrieve/async/build-async-retriever.js";
import { buildSimpleRetriever } from "../retrieve/build-simple-retriever.js";
import type { Retriever } from "../retrieve/retriever.js";
import type { Runtime } from "../runtime.js";
import { dynamicSchema } from "../schema/dynamic-schema.js";
import { loadSchema } from "../schema/schema-loader.js";
import { createTransformation } from "../select/transform/transformation.js";
import { buildCursor } from "./build-cursor.js";
import { delegatedStream } from "./delegated-stream.js";
import { primaryKeyOf } from "./primary-key.js";
import { migratedState, parentState } from "./saved-state.js";
import type { DeclarativeStream } from "./stream.js";

export interface StreamOptions {
  /** The state to go on from; empty for a first read. */
  readonly state: PyDict;
  /** The cursor field that the user chose, where the manifest lets them. */
  readonly cursorField?: string | undefined;
  /** How much further back than the manifest says to read again. */
  readonly lookbackSeconds?: number | undefined;
  /** The properties of the schema that the user wants, where only those are to be asked for. */
  readonly selected?: ReadonlySet<string> | undefined;
  /** The most bytes that an answer may unpack to. */
  readonly maxBytes: number;
}

/**
 * Makes a stream of its component, ready to be read.
 * @throws ConfigError `manifest.*` for what cannot work, `manifest.not_runnable` where it needs Python
 */
export function buildStream(component: Component, runtime: Runtime, options: StreamOptions): DeclarativeStream {
  if (typeOf(component) === "StateDelegatingStream") {
    const { stream, state } = delegatedStream(component, options.state, runtime);
    const built = buildStream(stream, runtime, { ...options, state });
    return state.size < options.state.size ? { ...built, forgetsState: true } : built;
  }
  if (typeOf(component) !== "DeclarativeStream") return refuseCustom(component, "a stream");
  const name = requiredText(component, "name");
  const retrieverComponent = requiredChild(component, "retriever");
  const state = migratedState(component, options.state, runtime);
  const openParent = (config: Component) => {
    const parent = requiredChild(config, "stream");
    const own = { state: parentState(config, state, parent, runtime), maxBytes: options.maxBytes };
    return buildStream(parent, runtime, own);
  };
  const router = buildRouter(retrieverComponent, runtime, openParent);
  const { cursor, options: slicing } = buildCursor(component, router, state, runtime, {
    field: options.cursorField,
    lookbackSeconds: options.lookbackSeconds,
  });
  const sync = child(component, "incremental_sync");
  const shared = {
    runtime,
    maxBytes: options.maxBytes,
    transformations: children(component, "transformations").map((each) => createTransformation(each, runtime)),
    isFeed: sync !== undefined && flag(sync, "is_data_feed"),
    filtersHere: sync !== undefined && flag(sync, "is_client_side_incremental"),
    isFirstRead: state.size === 0,
    selected: options.selected,
  };
  let loading: Promise<PyDict> | undefined;
  const schema = () => {
    loading ??= loadSchema(component, (loader) =>
      dynamicSchema(loader, schemaRetriever(loader, runtime, options), runtime),
    );
    return loading;
  };

  function stream(retriever: Retriever, slices = cursor): DeclarativeStream {
    return {
      name,
      primaryKey: primaryKeyOf(component),
      cursor: slices,
      schema,
      async *read(slice) {
        for await (const data of retriever.read(slice, await schema())) yield { data, slice };
      },
    };
  }

  switch (typeOf(retrieverComponent)) {
    case "SimpleRetriever":
      return stream(buildSimpleRetriever(retrieverComponent, { ...shared, cursor, slicing }));
    case "AsyncRetriever": {
      const { retriever, cursor: jobs } = buildAsyncRetriever(retrieverComponent, { ...shared, cursor });
      return { ...stream(retriever, jobs), slicesAhead: runtime.jobsAhead };
    }
    default:
      return refuseCustom(retrieverComponent, "a retriever");
  }
}

/** The retriever that a schema is read by: one request, kept for all who ask for it. */
function schemaRetriever(loader: Component, runtime: Runtime, { maxBytes }: StreamOptions): Retriever {
  const component = requiredChild(loader, "retriever");
  const router = buildRouter(component, runtime, (config) =>
    buildStream(requiredChild(config, "stream"), runtime, { state: pyDict(), maxBytes }),
  );
  return buildSimpleRetriever(component, { runtime, maxBytes, transformations: [], slicing: router, useCache: true });
}
