import { ConfigError } from "../../../sdk/errors.js";
import { pyDict } from "../jinja/values/dict.js";
import { str } from "../jinja/values/text.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";
import {
  type Component,
  children,
  field,
  flag,
  list,
  object,
  parametersOf,
  requiredChild,
  text,
  typeOf,
} from "../load/fields.js";
import { propagateParameters } from "../load/propagate-parameters.js";
import { refuseCustom } from "../load/refuse-custom.js";
import { buildRouter } from "../partitions/build-router.js";
import { buildSimpleRetriever } from "../retrieve/build-simple-retriever.js";
import type { Runtime } from "../runtime.js";
import { sliceVariable } from "../slices/slice.js";
import { buildStream } from "../streams/build-stream.js";
import { copyOfDict } from "../value/copy.js";
import { isDict } from "../value/is-dict.js";
import { valueAt } from "../value/paths.js";
import { fillTemplate } from "./fill-template.js";

/** The values that one stream is made with, and what else its mappings see. */
interface Making {
  readonly values: PyValue;
  readonly slice?: PyValue;
}

/** More streams than this are no catalog that anybody reads. */
const mostStreams = 10_000;

/** The streams of one DynamicDeclarativeStream. */
export async function resolveDynamic(
  definition: Component,
  runtime: Runtime,
  maxBytes: number,
): Promise<readonly Component[]> {
  const resolver = requiredChild(definition, "components_resolver");
  const template = requiredChild(definition, "stream_template");
  const outerWins = flag(definition, "use_parent_parameters", true);
  const streams: Component[] = [];
  for await (const { values, slice } of makings(resolver, runtime, maxBytes)) {
    if (streams.length === mostStreams) {
      throw new ConfigError(
        "manifest.too_many_streams",
        `a template of the manifest makes more than ${mostStreams} streams`,
      );
    }
    const context = {
      stream_template_config: template,
      components_values: values,
      ...(slice === undefined ? {} : { stream_slice: slice }),
    };
    const filled = fillTemplate(copyOfDict(template), resolver, runtime, context);
    const stream = propagateParameters(filled, "", { outerWins });
    if (text(stream, "type") === undefined) stream.set("type", "DeclarativeStream");
    if (typeof field(stream, "name") !== "string") {
      throw new ConfigError(
        "manifest.stream",
        `a template of the manifest makes a stream with the name ${str(field(stream, "name") ?? null)}`,
      );
    }
    stream.set("dynamic_stream_name", text(definition, "name") ?? null);
    streams.push(stream);
  }
  return streams;
}

async function* makings(resolver: Component, runtime: Runtime, maxBytes: number): AsyncGenerator<Making, void> {
  switch (typeOf(resolver)) {
    case "HttpComponentsResolver": {
      const component = copyOfDict(requiredChild(resolver, "retriever"));
      requiredChild(component, "requester").set("use_cache", true);
      const router = buildRouter(component, runtime, (config) =>
        buildStream(requiredChild(config, "stream"), runtime, { state: pyDict(), maxBytes }),
      );
      const retriever = buildSimpleRetriever(component, { runtime, maxBytes, transformations: [], slicing: router });
      for await (const slice of router.slices()) {
        for await (const values of retriever.read(slice, pyDict())) yield { values, slice: sliceVariable(slice) };
      }
      return;
    }
    case "ConfigComponentsResolver":
      yield* combined(children(resolver, "stream_config").map((source) => configItems(source, runtime)));
      return;
    case "ParametrizedComponentsResolver": {
      const parameters = object(resolver, "stream_parameters");
      for (const values of parameters === undefined ? [] : (list(parameters, "list_of_parameters_for_stream") ?? [])) {
        yield { values };
      }
      return;
    }
    default:
      refuseCustom(resolver, "a resolver of dynamic streams");
  }
}

function configItems(source: Component, { templates, config }: Runtime): readonly PyValue[] {
  const path = (list(source, "configs_pointer") ?? []).map((segment) =>
    templates.value(str(segment), parametersOf(source)),
  );
  const found = valueAt(config, path) ?? [];
  return [...(Array.isArray(found) ? found : [found]), ...(list(source, "default_values") ?? [])];
}

/** Every combination of one item of each source, their members put together. */
function* combined(
  sources: readonly (readonly PyValue[])[],
  chosen: PyDict = pyDict(),
  level = 0,
): Generator<Making, void> {
  const source = sources[level];
  if (source === undefined) {
    yield { values: chosen };
    return;
  }
  for (const [index, item] of source.entries()) {
    const next = pyDict(chosen);
    if (isDict(item)) for (const [key, value] of item) next.set(key, value);
    else if (!next.has(`source_config_${level}`)) {
      next.set(`source_config_${level}`, { kind: "tuple", items: [BigInt(index), item] });
    }
    yield* combined(sources, next, level + 1);
  }
}
