import { ConfigError } from "../../../sdk/errors.js";
import { pyDict } from "../jinja/values/dict.js";
import { str } from "../jinja/values/text.js";
import { isTruthy } from "../jinja/values/truth.js";
import type { PyValue } from "../jinja/values/value.js";
import {
  type Component,
  child,
  children,
  flag,
  list,
  parametersOf,
  requiredChild,
  requiredText,
  texts,
} from "../load/fields.js";
import type { Options } from "../requests/merge-options.js";
import { createRequestOption, type RequestOption } from "../requests/request-option.js";
import type { Runtime } from "../runtime.js";
import { type Slice, sliceValue } from "../slices/slice.js";
import type { DeclarativeStream, StreamRecord } from "../streams/stream.js";
import { copyOf } from "../value/copy.js";
import { splitPath, valueAt } from "../value/paths.js";
import type { Router } from "./router.js";

/** A ParentStreamConfig, evaluated. */
interface Parent {
  readonly stream: DeclarativeStream;
  readonly key: readonly string[];
  readonly partitionField: PyValue;
  readonly extraFields: readonly (readonly PyValue[])[];
  readonly option: RequestOption | undefined;
  readonly remembered: boolean;
  readonly lazyPointer: readonly PyValue[];
}

/** Makes the stream of a ParentStreamConfig, with the state its child has saved for it. */
export type OpenParent = (config: Component) => DeclarativeStream;

/**
 * A SubstreamPartitionRouter: one partition for each record of its parents.
 * @throws ConfigError `manifest.parent_streams` where there are none
 */
export function createSubstreamRouter(component: Component, runtime: Runtime, openParent: OpenParent): Router {
  const parents = children(component, "parent_stream_configs").map((config) => parentOf(config, runtime, openParent));
  if (parents.length === 0) {
    throw new ConfigError(
      "manifest.parent_streams",
      "a SubstreamPartitionRouter of the manifest has no parent_stream_configs",
    );
  }
  return {
    options(place, slice): Options {
      const options = pyDict();
      for (const { option, partitionField } of slice === undefined ? [] : parents) {
        const value = slice === undefined ? undefined : sliceValue(slice, partitionField);
        if (option?.place === place && value !== undefined && isTruthy(value)) option.inject(options, value);
      }
      return options;
    },
    async *slices() {
      for (const parent of parents) yield* slicesOf(parent);
    },
    state() {
      const remembered = parents.filter((parent) => parent.remembered);
      return pyDict(remembered.map(({ stream }) => [stream.name, copyOf(stream.cursor.state())]));
    },
  };
}

function parentOf(config: Component, { templates }: Runtime, openParent: OpenParent): Parent {
  const parameters = parametersOf(config);
  const evaluated = (template: PyValue) =>
    typeof template === "string" ? templates.value(template, parameters) : template;
  const option = child(config, "request_option");
  const pointer = texts(config, "lazy_read_pointer") ?? [];
  if (pointer.some((segment) => segment.includes("*"))) {
    throw new ConfigError(
      "manifest.lazy_read_pointer",
      "a lazy_read_pointer of the manifest has a '*', which cannot be",
    );
  }
  requiredChild(config, "stream");
  return {
    stream: openParent(config),
    key: splitPath(templates.text(requiredText(config, "parent_key"), parameters)),
    partitionField: evaluated(requiredText(config, "partition_field")),
    extraFields: (list(config, "extra_fields") ?? []).map((path) =>
      Array.isArray(path) ? path.map(evaluated) : [evaluated(path)],
    ),
    option: option === undefined ? undefined : createRequestOption(option, templates),
    remembered: flag(config, "incremental_dependency"),
    lazyPointer: pointer.map((segment) => evaluated(segment)),
  };
}

/** The partitions of one parent. A parent's slice is closed with its last record, before that record's partition is given. */
async function* slicesOf(parent: Parent): AsyncGenerator<Slice, void> {
  const { cursor } = parent.stream;
  for await (const [slice, isLastSlice] of withLast(cursor.slices())) {
    let empty = true;
    for await (const [record, isLast] of withLast(parent.stream.read(slice))) {
      empty = false;
      cursor.observe(record.data, record.slice);
      if (isLast) closeSlice(parent, slice, isLastSlice);
      const partition = partitionOf(parent, record);
      if (partition !== undefined) yield partition;
    }
    if (empty) closeSlice(parent, slice, isLastSlice);
  }
}

function closeSlice({ stream }: Parent, slice: Slice, isLast: boolean): void {
  stream.cursor.close(slice);
  if (isLast) stream.cursor.finish();
}

/** The partition of one parent record; undefined where the record has no key. */
function partitionOf(
  { key, partitionField, extraFields, lazyPointer }: Parent,
  record: StreamRecord,
): Slice | undefined {
  const value = valueAt(record.data, key);
  if (value === undefined) return undefined;
  const extra = pyDict();
  if (lazyPointer.length > 0) extra.set("child_response", valueAt(record.data, lazyPointer) ?? []);
  for (const path of extraFields) extra.set(path.map(str).join("."), valueAt(record.data, path) ?? null);
  return {
    partition: pyDict([
      [partitionField, value],
      ["parent_slice", record.slice.partition],
    ]),
    cursor: pyDict(),
    extraFields: extra,
  };
}

async function* withLast<T>(items: AsyncIterable<T>): AsyncGenerator<readonly [T, boolean], void> {
  let waiting: { readonly item: T } | undefined;
  for await (const item of items) {
    if (waiting !== undefined) yield [waiting.item, false];
    waiting = { item };
  }
  if (waiting !== undefined) yield [waiting.item, true];
}
